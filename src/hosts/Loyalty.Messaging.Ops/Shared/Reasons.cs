namespace Loyalty.Messaging.Ops.Shared;

/// <summary>A reason and nothing else.</summary>
internal sealed record ReasonRequest
{
    public string? Reason { get; init; }
}

/// <summary>What a reason must be.</summary>
internal static class Reasons
{
    public const int Longest = 500;

    public static string? Mistake(string? reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > Longest
            ? $"reason is required: why, in at most {Longest} characters; it is kept for ever, with your name"
            : null;
}

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>Section <c>Ops</c>, what concerns dead letters and jobs.</summary>
internal sealed class DeadLetterOptions
{
    public ApprovalOptions Approval { get; set; } = new();

    /// <summary>How long a dead letter is kept that was discarded, or sent again without coming back.</summary>
    public TimeSpan DeadLettersKeptFor { get; set; } = TimeSpan.FromDays(30);

    public string? Mistake() =>
        Approval.Messages < 1 ? $"Ops__Approval__Messages must be 1 or more, not {Approval.Messages}"
        : Approval.Miles < 0 ? $"Ops__Approval__Miles must be 0 or more, not {Approval.Miles}"
        : Approval.Period <= TimeSpan.Zero || Approval.Period > TimeSpan.FromDays(366)
            ? $"Ops__Approval__Period must be above 0 and at most 366 days (d.hh:mm:ss), not {Approval.Period}"
        : DeadLettersKeptFor < TimeSpan.FromHours(1) || DeadLettersKeptFor > TimeSpan.FromDays(3660)
            ? "Ops__DeadLettersKeptFor must be from an hour to ten years (d.hh:mm:ss)"
        : null;
}

/// <summary>Above which a second person has to say yes.</summary>
internal sealed class ApprovalOptions
{
    /// <summary>Messages or orders. Default 100.</summary>
    public int Messages { get; set; } = 100;

    /// <summary>Miles issued and taken back together. Default 10,000.</summary>
    public long Miles { get; set; } = 10_000;

    /// <summary>What one person does alone within this time counts together. Default a day.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromDays(1);
}

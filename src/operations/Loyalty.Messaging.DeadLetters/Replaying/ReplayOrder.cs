using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>What is asked for: which dead letters, why, and how carefully.</summary>
public sealed record ReplayOrder
{
    /// <summary>At most this many per second.</summary>
    public const int FastestRate = 500;

    /// <summary>Identifies the request: asked again, it is the same replay.</summary>
    public required Guid Id { get; init; }
    public required DeadLetterSelection Selection { get; init; }
    public required string Reason { get; init; }

    /// <summary>1 to 500 a second, once the ramp is over.</summary>
    public int Rate { get; init; } = 100;

    /// <summary>How many to begin with, step by step; at most ten steps.</summary>
    public IReadOnlyList<int> Ramp { get; init; } = [1, 5, 50];

    /// <summary>Stops when one comes back for the cause it had before.</summary>
    public bool StopOnSame { get; init; } = true;

    /// <summary>Stops when more than this share fails, in percent, 0 to 100.</summary>
    public int StopShare { get; init; } = 10;

    /// <returns>What is wrong with it, as a sentence that names the field; null when nothing is.</returns>
    public string? Mistake() =>
        Rate is < 1 or > FastestRate ? $"rate must be from 1 to {FastestRate} a second, not {Rate}"
        : Ramp.Count > 10 || Ramp.Any(step => step < 1) ? "ramp must be at most ten numbers, each above 0"
        : StopShare is < 0 or > 100 ? $"stopShare must be from 0 to 100, not {StopShare}"
        : null;
}

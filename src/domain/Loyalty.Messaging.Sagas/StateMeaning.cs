namespace Loyalty.Messaging.Sagas;

/// <summary>
/// What a state means to everybody outside of its machine: to people, limits, ledgers and forecasts. What the machine does in it, the
/// machine says.
/// </summary>
/// <param name="Name">As the machine calls it.</param>
/// <param name="Means">For people.</param>
public sealed record StateMeaning(string Name, string Means)
{
    public required StateTone Tone { get; init; }

    /// <summary>What the call has brought when it stays like this.</summary>
    public required CallEffect Effect { get; init; }

    /// <summary>
    /// How long it may stay like this before it counts as stuck. Null: nothing is expected any more, neither from us nor from the issuer or
    /// a person.
    /// </summary>
    public TimeSpan? StuckAfter { get; init; }

    /// <summary>Something is still expected. Rows pass through these states, so that there are few.</summary>
    public bool IsOpen => StuckAfter is not null;

    /// <summary>The saga waits for the answer to a call, and knows what to do with it.</summary>
    public bool AwaitsAnswer { get; init; }

    /// <summary>It goes no further on its own.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>What a person may decide. The saga decides in the end: what comes too late it refuses with a sentence.</summary>
    public PersonActs Acts { get; init; }

    /// <summary>What happens when its timer fires, for people; null when it has none.</summary>
    public string? TimerMeans { get; init; }

    /// <summary>What to do about it, for people; null when there is nothing to do.</summary>
    public string? Advice { get; init; }
}

/// <summary>How a state looks at first sight.</summary>
public enum StateTone
{
    /// <summary>Nothing happened, and nothing will.</summary>
    Calm,

    /// <summary>It continues automatically.</summary>
    Busy,
    Good,

    /// <summary>A person has to look.</summary>
    Warn,
    Bad,
}

/// <summary>What we know of a call's effect.</summary>
public enum CallEffect
{
    /// <summary>No miles.</summary>
    None,
    Confirmed,

    /// <summary>Accepted, not final.</summary>
    Pending,
    Rejected,

    /// <summary>On the way, waiting for the next try, or suspended.</summary>
    Unknown,
}

/// <summary>What a person may decide about an order or a refund.</summary>
[Flags]
public enum PersonActs
{
    None = 0,
    Approve = 1,
    Retry = 2,
    Correct = 4,
    Cancel = 8,
}

namespace Loyalty.Messaging.Store.Statistics;

/// <summary>How much there is of what.</summary>
public sealed record StatsView
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Orders by the state of their issuance; those that <see cref="States"/> calls estimated are.</summary>
    public required IReadOnlyDictionary<string, long> Issuances { get; init; }

    /// <summary>Refunds by the state of their reversal; those that <see cref="States"/> calls estimated are.</summary>
    public required IReadOnlyDictionary<string, long> Reversals { get; init; }
    public required OutboxStats Outbox { get; init; }

    /// <summary>The same counts with what is known about ages.</summary>
    public IReadOnlyList<StateCount> States { get; init; } = [];

    /// <summary>The transaction day that <see cref="Today"/> is about.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>The day's miles so far, by sponsor and kind; exact.</summary>
    public IReadOnlyList<SponsorMiles> Today { get; init; } = [];
}

/// <summary>What is in one state.</summary>
public sealed record StateCount
{
    /// <summary><c>issue</c> or <c>reverse</c>.</summary>
    public required string Kind { get; init; }
    public required string State { get; init; }
    public required long Count { get; init; }

    /// <summary>
    /// From the database's statistics and not counted: of a settled state with more than <see cref="StatsQueries.CountedExactly"/>.
    /// </summary>
    public bool Estimated { get; init; }

    /// <summary>Since when the oldest is in it; of open states.</summary>
    public DateTimeOffset? OldestSince { get; init; }

    /// <summary>In it for at most an hour; of open states, as the three below.</summary>
    public long? UpToHour { get; init; }
    public long? UpToDay { get; init; }
    public long? Older { get; init; }

    /// <summary>In it for longer than its limit.</summary>
    public long? Stuck { get; init; }
}

/// <summary>A sponsor's miles of a day that the issuer has accepted.</summary>
public sealed record SponsorMiles
{
    public string? SponsorCode { get; init; }

    /// <summary><c>issue</c> or <c>reverse</c>.</summary>
    public required string Kind { get; init; }
    public required long Count { get; init; }
    public required long Miles { get; init; }
}

/// <summary>
/// Messages that are committed and not yet known to be with the broker. Counts end at <see cref="StatsQueries.OutboxCounted"/>.
/// </summary>
public sealed record OutboxStats
{
    /// <summary>To be sent as soon as possible.</summary>
    public required long Waiting { get; init; }

    /// <summary>To be sent at a later time.</summary>
    public required long Scheduled { get; init; }

    /// <summary>Given up after too many tries; they need a person.</summary>
    public required long Parked { get; init; }

    /// <summary>Age of the oldest waiting one; absent when there is none.</summary>
    public double? OldestAgeSeconds { get; init; }
}

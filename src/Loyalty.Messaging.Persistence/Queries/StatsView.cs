namespace Loyalty.Messaging.Persistence.Queries;

/// <summary>How much there is of what.</summary>
public sealed record StatsView
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Orders by the state of their issuance.</summary>
    public required IReadOnlyDictionary<string, long> Issuances { get; init; }

    /// <summary>Refunds by the state of their reversal.</summary>
    public required IReadOnlyDictionary<string, long> Reversals { get; init; }
    public required OutboxStats Outbox { get; init; }
}

/// <summary>Messages that are committed and not yet known to be with the broker.</summary>
public sealed record OutboxStats
{
    /// <summary>To be sent as soon as possible.</summary>
    public required long Waiting { get; init; }

    /// <summary>To be sent at a time to come.</summary>
    public required long Scheduled { get; init; }

    /// <summary>Given up after too many tries; they need a person.</summary>
    public required long Parked { get; init; }

    /// <summary>Age of the oldest waiting one; absent when there is none.</summary>
    public double? OldestAgeSeconds { get; init; }
}

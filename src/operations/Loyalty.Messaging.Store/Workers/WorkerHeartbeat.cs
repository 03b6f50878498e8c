namespace Loyalty.Messaging.Store.Workers;

/// <summary>
/// What a worker says of itself every few seconds: that it is there, that its lanes are its own for some time more, and whether its calls
/// to the issuer are paused.
/// </summary>
public sealed class WorkerHeartbeat
{
    /// <summary>Machine and process, and a word that tells it from another process that was called so before.</summary>
    public string Worker { get; set; } = "";
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Since when its calls wait; null while they do not.</summary>
    public DateTimeOffset? PausedSince { get; set; }
    public string? PauseCause { get; set; }

    /// <summary>It wants its share of the lanes; not when it is about to stop, or is cut off from the broker.</summary>
    public bool TakesLanes { get; set; }

    /// <summary>Until when its lanes are nobody else's, by the database's clock.</summary>
    public DateTimeOffset? LanesUntil { get; set; }
}

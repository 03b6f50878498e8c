namespace Loyalty.Messaging.Persistence.Workers;

/// <summary>What a worker says of itself every few seconds: that it is there, and whether its calls to the issuer are paused.</summary>
public sealed class WorkerPulse
{
    /// <summary>Machine and process.</summary>
    public string Worker { get; set; } = "";
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Since when its calls wait; null while they do not.</summary>
    public DateTimeOffset? PausedSince { get; set; }
    public string? PauseCause { get; set; }
}

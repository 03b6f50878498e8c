namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>
/// A message that was committed together with what it tells of, and is not yet known to be with the broker.
/// <see cref="DueAt"/> alone decides who may send it: a fresh row is the business of the process that wrote it, a due row is anybody's.
/// </summary>
public sealed class OutboxMessage
{
    public Guid Id { get; set; }

    /// <summary>Order of writing, given by the database.</summary>
    public long Sequence { get; set; }

    /// <summary>The saga (or other source) within which the order is kept.</summary>
    public Guid Stream { get; set; }
    public Guid MessageId { get; set; }
    public string Destination { get; set; } = "";
    public string ContentType { get; set; } = "";

    /// <summary>The message's type URNs, separated by semicolons.</summary>
    public string MessageType { get; set; } = "";

    /// <summary>Ids, addresses, headers and transport properties, as JSON.</summary>
    public string Metadata { get; set; } = "{}";
    public byte[] Body { get; set; } = [];
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When anybody may send it; null when parked.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Not stored: how long after the commit, by the database's clock, anybody may send it.</summary>
    public TimeSpan DueIn { get; set; }

    /// <summary>Not stored: another of its stream was left to the sweeper, and so is this one.</summary>
    public bool LeftToSweeper { get; set; }

    /// <summary>True when it was asked for at a later time: such a row holds up no other of its stream.</summary>
    public bool Scheduled { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? ParkedAt { get; set; }
    public string? LastFault { get; set; }
}

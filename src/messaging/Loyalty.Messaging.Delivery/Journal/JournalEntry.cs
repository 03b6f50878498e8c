namespace Loyalty.Messaging.Delivery.Journal;

/// <summary>
/// One delivery to a saga: what came, what changed, what went out. Appended in the delivery's own transaction, never changed.
/// </summary>
public sealed class JournalEntry
{
    public long Sequence { get; set; }
    public DateTimeOffset At { get; set; }

    /// <inheritdoc cref="JournalSubject"/>
    public string Subject { get; set; } = "";

    /// <inheritdoc cref="JournalSubject"/>
    public string? Part { get; set; }

    /// <summary>Name of the delivered message's type.</summary>
    public string MessageType { get; set; } = "";
    public Guid MessageId { get; set; }
    public bool Redelivered { get; set; }

    /// <summary>Empty when the delivery created the row.</summary>
    public string FromState { get; set; } = "";
    public string ToState { get; set; } = "";

    /// <summary>JSON array: calls with their attempts, duplicates, conflicts, claims; null when there is nothing to say.</summary>
    public string? Notes { get; set; }

    /// <summary>JSON array of what went out: type, message id.</summary>
    public string? Sent { get; set; }
}

namespace Loyalty.Messaging.Persistence.Inbox;

/// <summary>A delivery that a consumer has dealt with.</summary>
public sealed class InboxEntry
{
    /// <summary>Of the message's id and its bytes together: the same id with other content is no repetition, and the saga has to see it.</summary>
    public Guid DeliveryId { get; set; }

    /// <summary>Of the endpoint and the saga or consumer together.</summary>
    public Guid ConsumerId { get; set; }

    /// <summary>UTC day; the table is partitioned by it and retention drops whole days.</summary>
    public DateOnly ReceivedOn { get; set; }
}

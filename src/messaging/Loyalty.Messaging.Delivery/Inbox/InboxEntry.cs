namespace Loyalty.Messaging.Delivery.Inbox;

/// <summary>A message that a consumer has dealt with.</summary>
public sealed class InboxEntry
{
    public Guid MessageId { get; set; }

    /// <summary>Of the endpoint and the saga or consumer together.</summary>
    public Guid ConsumerId { get; set; }

    /// <summary>UTC day; the table is partitioned by it and retention drops whole days.</summary>
    public DateOnly ReceivedOn { get; set; }
}

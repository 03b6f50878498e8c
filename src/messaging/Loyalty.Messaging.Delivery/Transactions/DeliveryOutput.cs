using Loyalty.Messaging.Delivery.Outbox;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>What one attempt at a delivery has to say and to send; committed as a whole or not at all.</summary>
internal sealed class DeliveryOutput(string messageType, Guid messageId, bool redelivered)
{
    public string MessageType => messageType;
    public Guid MessageId => messageId;
    public bool Redelivered => redelivered;
    public List<OutgoingMessage> Messages { get; } = new(2);
    public List<object> Notes { get; } = [];

    /// <summary>Tokens of scheduled messages that are not to be sent any more.</summary>
    public List<Guid> Cancelled { get; } = [];

    /// <summary>True from the commit on: what is sent now would go nowhere.</summary>
    public bool Closed { get; set; }
}

using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>What MassTransit wants to know about a message that came without its envelope.</summary>
internal sealed class CommerceMessageContext(ReceiveContext receiveContext, Guid messageId) : MessageContext
{
    /// <summary>
    /// What is in here goes on with everything that the delivery sends: neither the publisher's headers nor the broker's consumer tags are
    /// anybody's business further on.
    /// </summary>
    static readonly Headers None = new DictionarySendHeaders(new Dictionary<string, object?>());

    public Guid? MessageId => messageId;
    public Guid? RequestId => null;
    public Guid? CorrelationId => null;
    public Guid? ConversationId => messageId;
    public Guid? InitiatorId => null;
    public DateTime? ExpirationTime => null;
    public Uri? SourceAddress => null;
    public Uri? DestinationAddress => receiveContext.InputAddress;
    public Uri? ResponseAddress => null;
    public Uri? FaultAddress => null;
    public DateTime? SentTime => null;
    public Headers Headers => None;
    public HostInfo Host => MassTransit.Metadata.HostMetadataCache.Empty;
}

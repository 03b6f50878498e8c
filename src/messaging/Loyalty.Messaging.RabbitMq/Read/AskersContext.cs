using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// What an asker's envelope says, without the addresses that are no business of an asker: MassTransit itself would send there what a
/// consumer throws.
/// </summary>
internal sealed class AskersContext(MessageContext envelope) : MessageContext
{
    public Guid? MessageId => envelope.MessageId;
    public Guid? RequestId => envelope.RequestId;
    public Guid? CorrelationId => envelope.CorrelationId;
    public Guid? ConversationId => envelope.ConversationId;
    public Guid? InitiatorId => envelope.InitiatorId;
    public DateTime? ExpirationTime => envelope.ExpirationTime;
    public Uri? SourceAddress => envelope.SourceAddress;
    public Uri? DestinationAddress => envelope.DestinationAddress;
    public Uri? ResponseAddress => Replies.IsAskers(envelope.ResponseAddress) ? envelope.ResponseAddress : null;
    public Uri? FaultAddress => Replies.IsAskers(envelope.FaultAddress) ? envelope.FaultAddress : null;
    public DateTime? SentTime => envelope.SentTime;
    public Headers Headers => envelope.Headers;
    public HostInfo Host => envelope.Host;
}

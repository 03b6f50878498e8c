using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>A delivery that is read as one type. MassTransit's own context keeps a dictionary of types; this one keeps what was read last.</summary>
internal sealed class OneMessageConsumeContext(ReceiveContext receiveContext, SerializerContext serializerContext) : DeserializerConsumeContext(receiveContext, serializerContext)
{
    ConsumeContext? _read;

    public static ConsumeContext Of(ReceiveContext receiveContext, SerializerContext serializerContext) => Shortcuts.OneMessageContext
        ? new OneMessageConsumeContext(receiveContext, serializerContext)
        : new BodyConsumeContext(receiveContext, serializerContext);

    public override Guid? MessageId => SerializerContext.MessageId;
    public override Guid? RequestId => SerializerContext.RequestId;
    public override Guid? CorrelationId => SerializerContext.CorrelationId;
    public override Guid? ConversationId => SerializerContext.ConversationId;
    public override Guid? InitiatorId => SerializerContext.InitiatorId;
    public override DateTime? ExpirationTime => SerializerContext.ExpirationTime;
    public override Uri SourceAddress => SerializerContext.SourceAddress!;
    public override Uri DestinationAddress => SerializerContext.DestinationAddress!;
    public override Uri ResponseAddress => SerializerContext.ResponseAddress!;
    public override Uri FaultAddress => SerializerContext.FaultAddress!;
    public override DateTime? SentTime => SerializerContext.SentTime;
    public override Headers Headers => SerializerContext.Headers;
    public override HostInfo Host => SerializerContext.Host;
    public override IEnumerable<string> SupportedMessageTypes => SerializerContext.SupportedMessageTypes;

    public override bool HasMessageType(Type messageType) => SerializerContext.IsSupportedMessageType(messageType);

    public override bool TryGetMessage<T>([NotNullWhen(true)] out ConsumeContext<T>? message)
    {
        message = _read as MessageConsumeContext<T>;
        if (message is null && SerializerContext.TryGetMessage<T>(out var content))
            _read = message = new MessageConsumeContext<T>(this, content!);
        return message is not null;
    }
}

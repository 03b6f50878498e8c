using System.Net.Mime;
using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// Reads every message that comes, by what it is: an event of commerce, an inquiry, a message of ours. What is none of them, or is not
/// written as we write it, is MassTransit's.
/// </summary>
internal sealed class MessageReader(ContentType contentType, IMessageDeserializer massTransit) : IMessageDeserializer
{
    public ContentType ContentType => contentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        CommerceEventKind.Of(receiveContext) is { } kind ? EventReader.Read(kind, contentType, receiveContext)
        : InquiryReader.IsInquiry(receiveContext) ? InquiryReader.Read(contentType, receiveContext, Own)
        : Own(receiveContext);

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        massTransit.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => massTransit.GetMessageBody(text);

    public void Probe(ProbeContext context) => massTransit.Probe(context);

    ConsumeContext Own(ReceiveContext receiveContext) =>
        (contentType.MediaType == ContentTypes.Envelope ? EnvelopeReader.Read(receiveContext, massTransit) : null)
        ?? massTransit.Deserialize(receiveContext);
}

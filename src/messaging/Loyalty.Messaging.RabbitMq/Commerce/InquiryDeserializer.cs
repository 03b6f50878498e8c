using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.InProcess;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>
/// Reads inquiries, plain or in MassTransit's envelope, with the contract's own reader. One that breaks the contract is handed on as
/// <see cref="UnreadableInquiry"/>:
/// somebody waits for an answer. Everything else on the bus goes to <paramref name="inner"/>.
/// </summary>
internal sealed class InquiryDeserializer(IMessageDeserializer inner) : IMessageDeserializer
{
    const string Envelope = "application/vnd.masstransit+json";

    public ContentType ContentType => inner.ContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        if (receiveContext.InputAddress.Segments[^1] != WireNames.InquireBalance)
            return inner.Deserialize(receiveContext);
        var body = receiveContext.GetBody();
        var content = ContentType.MediaType == Envelope ? MessageIn(body) : body;
        // The envelope says where the answer goes; a plain one is answered to its reply_to.
        MessageContext around =
            ContentType.MediaType == Envelope && content is not null
                ? new AskersContext(inner.Deserialize(receiveContext))
                : new CommerceMessageContext(receiveContext, Guid.NewGuid());
        var (message, urn) = Read(content);
        var context = new SystemTextJsonSerializerContext(
            SystemTextJsonMessageSerializer.Instance,
            SystemTextJsonMessageSerializer.Options,
            ContentType,
            around,
            [urn],
            message: message
        );
        return new BodyConsumeContext(receiveContext, context);
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        inner.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => inner.GetMessageBody(text);

    public void Probe(ProbeContext context) => inner.Probe(context);

    static (object Message, string Urn) Read(byte[]? content)
    {
        try
        {
            return (
                BalanceInquiries.Read(
                    content
                        ?? throw new ContractViolationException("inquire-balance", [new("message", "is required: it holds the inquiry")])
                ),
                MessageUrn.ForTypeString<InquireBalance>()
            );
        }
        catch (ContractViolationException violation)
        {
            return (new UnreadableInquiry(violation), MessageUrn.ForTypeString<UnreadableInquiry>());
        }
    }

    static byte[]? MessageIn(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 40 });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("message", out var message)
                ? Encoding.UTF8.GetBytes(message.GetRawText())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An inquiry that breaks the contract.</summary>
/// <param name="Violation">Names the fields, and no value.</param>
public sealed record UnreadableInquiry(ContractViolationException Violation);

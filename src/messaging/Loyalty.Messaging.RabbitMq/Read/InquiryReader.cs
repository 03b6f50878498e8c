using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// Reads inquiries, plain or in MassTransit's envelope, with the contract's own reader. One that breaks the contract is handed on as
/// <see cref="UnreadableInquiry"/>: somebody waits for an answer.
/// </summary>
internal static class InquiryReader
{
    public static bool IsInquiry(ReceiveContext receiveContext) => receiveContext.InputAddress.Segments[^1] == WireNames.InquireBalance;

    /// <param name="contentType">What the delivery is read as.</param>
    /// <param name="envelope">Reads what is around the inquiry.</param>
    public static ConsumeContext Read(ContentType contentType, ReceiveContext receiveContext, Func<ReceiveContext, ConsumeContext> envelope)
    {
        var body = receiveContext.GetBody();
        var wrapped = contentType.MediaType == ContentTypes.Envelope;
        var content = wrapped ? MessageIn(body) : body;
        // The envelope says where the answer goes; a plain one is answered to its reply_to.
        MessageContext around =
            wrapped && content is not null
                ? new AskersContext(envelope(receiveContext))
                : new CommerceMessageContext(receiveContext, Guid.NewGuid());
        var (message, urn) = Read(content);
        var context = new SystemTextJsonSerializerContext(
            SystemTextJsonMessageSerializer.Instance,
            SystemTextJsonMessageSerializer.Options,
            contentType,
            around,
            [urn],
            message: message
        );
        return new BodyConsumeContext(receiveContext, context);
    }

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

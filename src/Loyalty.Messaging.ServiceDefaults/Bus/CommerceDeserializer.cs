using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// Reads what commerce publishes: plain JSON, CloudEvents in both modes, MassTransit's envelope. Which event it is follows from the exchange it came through;
/// what it says is read by the contract's own reader. Everything else on the bus goes to MassTransit's deserializer of the same content type.
/// </summary>
internal sealed class CommerceDeserializer(ContentType contentType, IMessageDeserializer inner) : IMessageDeserializer
{
    public const string CloudEvents = "application/cloudevents+json";
    const string Envelope = "application/vnd.masstransit+json";

    public ContentType ContentType => contentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        if (CommerceEventKind.Of(receiveContext) is not { } kind)
            return inner.Deserialize(receiveContext);
        var body = new ReadOnlyMemory<byte>(receiveContext.GetBody());
        var (content, id) = contentType.MediaType switch
        {
            CloudEvents => Unwrapped(kind.Name, body, "data", "id"),
            Envelope => Unwrapped(kind.Name, body, "message", "messageId"),
            _ => (body, null),
        };
        var (message, eventId) = kind.Read(content);
        id = TransportId(receiveContext) ?? eventId ?? id ?? CloudEventHeader(receiveContext, "id");
        var context = new SystemTextJsonSerializerContext(SystemTextJsonMessageSerializer.Instance, SystemTextJsonMessageSerializer.Options, contentType,
            new CommerceMessageContext(receiveContext, IdOf(id, content)), [kind.Urn], message: message);
        return new BodyConsumeContext(receiveContext, context);
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) => inner.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => inner.GetMessageBody(text);

    public void Probe(ProbeContext context) => inner.Probe(context);

    static string? TransportId(ReceiveContext context) => context.TransportHeaders.Get<string>(MessageHeaders.TransportMessageId) ?? context.TransportHeaders.Get<string>("MessageId");

    internal static string? CloudEventHeader(ReceiveContext context, string name) =>
        context.TransportHeaders.Get<string>($"cloudEvents:{name}") ?? context.TransportHeaders.Get<string>($"cloudEvents_{name}");

    /// <summary>
    /// Of the publisher's id and the event's bytes together, so that the same delivery always has the same: a publisher that gives one id to two contents
    /// must not have the second one swallowed as a repetition.
    /// </summary>
    static Guid IdOf(string? id, ReadOnlyMemory<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(id ?? ""));
        hash.AppendData([0]);
        hash.AppendData(content.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new Guid(digest[..16]);
    }

    static (ReadOnlyMemory<byte> Content, string? Id) Unwrapped(string name, ReadOnlyMemory<byte> body, string contentField, string idField)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 40 });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(contentField, out var content))
            {
                var id = document.RootElement.TryGetProperty(idField, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                return (Encoding.UTF8.GetBytes(content.GetRawText()), id);
            }
        }
        catch (JsonException exception)
        {
            throw new ContractViolationException(name, [new("", $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})")]);
        }
        throw new ContractViolationException(name, [new(contentField, "is required: it holds the event")]);
    }
}

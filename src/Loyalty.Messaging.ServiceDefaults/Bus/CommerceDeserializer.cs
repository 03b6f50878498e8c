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
        var declared = new EventDeclaration(kind);
        declared.Parameter("The content type", DeclaredContentType(receiveContext));
        var (content, id) = contentType.MediaType switch
        {
            CloudEvents => Unwrapped(kind.Name, body, "data", "id", declared),
            Envelope => Unwrapped(kind.Name, body, "message", "messageId", declared),
            _ => (body, null),
        };
        if (CloudEventHeader(receiveContext, "type") is { } type)
            declared.Types("cloudEvents:type", [type]);
        declared.Schema("cloudEvents:dataschema", CloudEventHeader(receiveContext, "dataschema"));
        declared.Agreed();
        var (message, eventId) = kind.Read(content, contentType.MediaType == Envelope);
        id = TransportId(receiveContext) ?? eventId ?? id ?? CloudEventHeader(receiveContext, "id");
        var context = new SystemTextJsonSerializerContext(SystemTextJsonMessageSerializer.Instance, SystemTextJsonMessageSerializer.Options, contentType,
            new CommerceMessageContext(receiveContext, IdOf(id, content)), [kind.Urn], message: message);
        return new OneMessageConsumeContext(receiveContext, context);
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) => inner.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => inner.GetMessageBody(text);

    public void Probe(ProbeContext context) => inner.Probe(context);

    /// <summary>What a replayed dead letter brings along is the publisher's; the transport's own is then the replay's.</summary>
    static string? TransportId(ReceiveContext context) => context.TransportHeaders.Get<string>(DeadLetterHeaders.MessageId) is { } replayed
        ? replayed == DeadLetterHeaders.NoMessageId ? null : replayed
        : context.TransportHeaders.Get<string>(MessageHeaders.TransportMessageId) ?? context.TransportHeaders.Get<string>("MessageId");

    static string? DeclaredContentType(ReceiveContext context) => context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) ? delivery.Properties.ContentType : null;

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

    static (ReadOnlyMemory<byte> Content, string? Id) Unwrapped(string name, ReadOnlyMemory<byte> body, string contentField, string idField, EventDeclaration declared)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 40 });
            var wrapper = document.RootElement;
            if (wrapper.ValueKind == JsonValueKind.Object && wrapper.TryGetProperty(contentField, out var content))
            {
                declared.Types("type", Texts(wrapper, "type"));
                declared.Types("messageType", Texts(wrapper, "messageType"));
                declared.Schema("dataschema", Texts(wrapper, "dataschema").FirstOrDefault());
                declared.Parameter("datacontenttype", Texts(wrapper, "datacontenttype").FirstOrDefault());
                return (Encoding.UTF8.GetBytes(content.GetRawText()), Texts(wrapper, idField).FirstOrDefault());
            }
        }
        catch (JsonException exception)
        {
            throw new ContractViolationException(name, [new("", $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})")]);
        }
        catch (InvalidOperationException)
        {
            // What GetString throws for bytes that are no UTF-8 or half a surrogate pair.
            throw new ContractViolationException(name, [new("", "The body holds text that is not valid UTF-8")]);
        }
        throw new ContractViolationException(name, [new(contentField, "is required: it holds the event")]);
    }

    /// <summary>The text of a field, or the texts of a list; nothing of what is neither.</summary>
    static List<string> Texts(JsonElement wrapper, string field)
    {
        if (!wrapper.TryGetProperty(field, out var value))
            return [];
        IEnumerable<JsonElement> values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. values.Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString()!)];
    }
}

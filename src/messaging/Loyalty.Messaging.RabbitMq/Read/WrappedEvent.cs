using System.Runtime.InteropServices;
using System.Text.Json;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>Takes an event out of what a publisher put around it: a structured CloudEvent, or MassTransit's envelope.</summary>
internal static class WrappedEvent
{
    /// <summary>Around an event nesting may be deeper than in it.</summary>
    const int DeepestNesting = 40;

    /// <summary>
    /// Whether plain JSON is a CloudEvent all the same: some publishers send it under a content type that does not say so. It has what
    /// every CloudEvent has, and not what every event of commerce has.
    /// </summary>
    public static bool IsCloudEvent(string eventName, ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf("\"specversion\""u8) < 0)
            return false;
        using var document = EventBody.Parse(eventName, body, DeepestNesting);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("specversion", out _)
            && !root.TryGetProperty("orderId", out _);
    }

    /// <exception cref="ContractViolationException">There is no event in it.</exception>
    public static (ReadOnlyMemory<byte> Content, string? Id) InCloudEvent(
        string eventName,
        ReadOnlyMemory<byte> body,
        EventDeclaration declared
    ) =>
        Unwrapped(
            eventName,
            body,
            declared,
            "id",
            cloudEvent =>
                Has(cloudEvent, "data_base64", out var encoded)
                    ? Has(cloudEvent, "data", out _)
                        ? throw Refused(eventName, "data_base64", "must not come together with data: either holds the event")
                        : Decoded(eventName, encoded)
                    : Content(eventName, cloudEvent, "data")
        );

    /// <inheritdoc cref="InCloudEvent"/>
    public static (ReadOnlyMemory<byte> Content, string? Id) InEnvelope(
        string eventName,
        ReadOnlyMemory<byte> body,
        EventDeclaration declared
    ) => Unwrapped(eventName, body, declared, "messageId", envelope => Content(eventName, envelope, "message"));

    static (ReadOnlyMemory<byte> Content, string? Id) Unwrapped(
        string eventName,
        ReadOnlyMemory<byte> body,
        EventDeclaration declared,
        string idField,
        Func<JsonElement, ReadOnlyMemory<byte>> contentOf
    )
    {
        try
        {
            using var document = EventBody.Parse(eventName, body, DeepestNesting);
            var wrapper = document.RootElement;
            var content = contentOf(wrapper);
            declared.Types("type", Texts(wrapper, "type"));
            declared.Types("messageType", Texts(wrapper, "messageType"));
            declared.Schema("dataschema", Texts(wrapper, "dataschema").FirstOrDefault());
            declared.Parameter("datacontenttype", Texts(wrapper, "datacontenttype").FirstOrDefault());
            return (content, Texts(wrapper, idField).FirstOrDefault());
        }
        catch (InvalidOperationException)
        {
            // What reading a text throws that ends within a surrogate pair.
            throw Refused(eventName, "", "What is around the event holds half a surrogate pair, which is no text");
        }
    }

    static ReadOnlyMemory<byte> Content(string eventName, JsonElement wrapper, string field) =>
        !Has(wrapper, field, out var content) ? throw Refused(eventName, field, "is required: it holds the event")
        : content.ValueKind != JsonValueKind.Object ? throw Refused(eventName, field, "must be a JSON object: it holds the event")
        : JsonMarshal.GetRawUtf8Value(content).ToArray();

    static ReadOnlyMemory<byte> Decoded(string eventName, JsonElement encoded) =>
        encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var content)
            ? content
            : throw Refused(eventName, "data_base64", "must be the event in Base64");

    static bool Has(JsonElement wrapper, string field, out JsonElement value)
    {
        value = default;
        return wrapper.ValueKind == JsonValueKind.Object
            && wrapper.TryGetProperty(field, out value)
            && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>The text of a field, or the texts of a list; nothing of what is neither.</summary>
    static List<string> Texts(JsonElement wrapper, string field)
    {
        if (!wrapper.TryGetProperty(field, out var value))
            return [];
        IEnumerable<JsonElement> values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. values.Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString()!)];
    }

    static ContractViolationException Refused(string eventName, string field, string problem) => new(eventName, [new(field, problem)]);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Context;

namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>What belongs to a message besides its body: ids, addresses, headers and the transport's own properties.</summary>
public sealed record MessageMetadata
{
    public Guid? CorrelationId { get; init; }
    public Guid? ConversationId { get; init; }
    public Guid? InitiatorId { get; init; }
    public Guid? RequestId { get; init; }
    public string? SourceAddress { get; init; }
    public string? ResponseAddress { get; init; }
    public string? FaultAddress { get; init; }

    /// <summary>After this instant nobody wants it any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public Dictionary<string, object>? Headers { get; init; }
    public Dictionary<string, object>? Properties { get; init; }

    internal static MessageMetadata Of(SendContext context, DateTimeOffset now)
    {
        Dictionary<string, object>? headers = null,
            properties = null;
        foreach (var header in context.Headers.GetAll())
            (headers ??= []).Add(header.Key, Plain(header.Value));
        if (context is TransportSendContext transport)
        {
            var written = new Dictionary<string, object>();
            transport.WritePropertiesTo(written);
            if (written.Count > 0)
                properties = written;
        }
        return new MessageMetadata
        {
            CorrelationId = context.CorrelationId,
            ConversationId = context.ConversationId,
            InitiatorId = context.InitiatorId,
            RequestId = context.RequestId,
            SourceAddress = context.SourceAddress?.ToString(),
            ResponseAddress = context.ResponseAddress?.ToString(),
            FaultAddress = context.FaultAddress?.ToString(),
            ExpiresAt = context.TimeToLive is { } life ? now + life : null,
            Headers = headers,
            Properties = properties,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, MetadataJson.Default.MessageMetadata);

    internal static MessageMetadata Parse(string json)
    {
        var metadata = JsonSerializer.Deserialize(json, MetadataJson.Default.MessageMetadata)!;
        return metadata with { Headers = Values(metadata.Headers), Properties = Values(metadata.Properties) };
    }

    static object Plain(object value) =>
        value switch
        {
            string or bool or int or long or double or decimal => value,
            DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", null),
            _ => value.ToString() ?? "",
        };

    static Dictionary<string, object>? Values(Dictionary<string, object>? read) =>
        read?.ToDictionary(
            pair => pair.Key,
            pair =>
                pair.Value is JsonElement element
                    ? element.ValueKind switch
                    {
                        JsonValueKind.String => element.GetString()!,
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
                        _ => element.GetRawText(),
                    }
                    : pair.Value
        );
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageMetadata))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(byte))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(Uri))]
internal sealed partial class MetadataJson : JsonSerializerContext;

using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// MassTransit's envelope, read in one pass: ids are taken as they pass by, the message stays bytes until its type is known. Only what
/// MassTransit writes itself is known here, and no headers.
/// </summary>
internal sealed class Envelope : MessageContext
{
    /// <summary>Lists of type names as they were met: a few dozen at most, for the names are those of our own messages.</summary>
    static (byte[] Json, string[] Names)[] _known = [];
    const int MostKnown = 64;

    readonly byte[] _body;
    Guid? _messageId,
        _requestId,
        _correlationId,
        _conversationId,
        _initiatorId;
    Range? _source,
        _destination,
        _response,
        _fault,
        _message,
        _host;
    DateTime? _expires,
        _sent;
    Uri? _sourceAddress,
        _destinationAddress,
        _responseAddress,
        _faultAddress;
    HostInfo? _hostInfo;

    Envelope(byte[] body) => _body = body;

    public string[] MessageTypes { get; private set; } = [];

    /// <summary>The message's JSON.</summary>
    public ReadOnlySpan<byte> Message => _body.AsSpan()[_message!.Value];

    public Guid? MessageId => _messageId;
    public Guid? RequestId => _requestId;
    public Guid? CorrelationId => _correlationId;
    public Guid? ConversationId => _conversationId;
    public Guid? InitiatorId => _initiatorId;
    public DateTime? ExpirationTime => _expires;
    public DateTime? SentTime => _sent;
    public Uri? SourceAddress => _sourceAddress ??= AddressIn(_source);
    public Uri? DestinationAddress => _destinationAddress ??= AddressIn(_destination);
    public Uri? ResponseAddress => _responseAddress ??= AddressIn(_response);
    public Uri? FaultAddress => _faultAddress ??= AddressIn(_fault);
    public Headers Headers => EmptyHeaders.Instance;
    public HostInfo Host =>
        _hostInfo ??= _host is { } host
            ? JsonSerializer.Deserialize<HostInfo>(_body.AsSpan()[host], SystemTextJsonMessageSerializer.Options)!
            : MassTransit.Metadata.HostMetadataCache.Empty;

    /// <summary>Null for whatever is not exactly as MassTransit writes it, or has headers.</summary>
    public static Envelope? Read(byte[] body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            var envelope = new Envelope(body);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                if (!envelope.Take(ref json))
                    return null;
            return !json.Read() && envelope._message is not null && envelope.MessageTypes.Length > 0 ? envelope : null;
        }
        catch (JsonException)
        {
            return null; // MassTransit's own reader says what is wrong with it.
        }
    }

    bool Take(ref Utf8JsonReader json) =>
        json.ValueTextEquals("messageId"u8) ? Id(ref json, ref _messageId)
        : json.ValueTextEquals("requestId"u8) ? Id(ref json, ref _requestId)
        : json.ValueTextEquals("correlationId"u8) ? Id(ref json, ref _correlationId)
        : json.ValueTextEquals("conversationId"u8) ? Id(ref json, ref _conversationId)
        : json.ValueTextEquals("initiatorId"u8) ? Id(ref json, ref _initiatorId)
        : json.ValueTextEquals("sourceAddress"u8) ? Address(ref json, ref _source)
        : json.ValueTextEquals("destinationAddress"u8) ? Address(ref json, ref _destination)
        : json.ValueTextEquals("responseAddress"u8) ? Address(ref json, ref _response)
        : json.ValueTextEquals("faultAddress"u8) ? Address(ref json, ref _fault)
        : json.ValueTextEquals("messageType"u8) ? Types(ref json)
        : json.ValueTextEquals("message"u8) ? Object(ref json, ref _message)
        : json.ValueTextEquals("expirationTime"u8) ? Time(ref json, ref _expires)
        : json.ValueTextEquals("sentTime"u8) ? Time(ref json, ref _sent)
        : json.ValueTextEquals("headers"u8) ? Nothing(ref json)
        : json.ValueTextEquals("host"u8) && Object(ref json, ref _host);

    static bool Id(ref Utf8JsonReader json, ref Guid? id)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.String || !json.TryGetGuid(out var value))
            return false;
        id = value;
        return true;
    }

    static bool Time(ref Utf8JsonReader json, ref DateTime? time)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.String || !json.TryGetDateTime(out var value))
            return false;
        time = value;
        return true;
    }

    static bool Address(ref Utf8JsonReader json, ref Range? address)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
            return false;
        var start = (int)json.TokenStartIndex + 1;
        address = start..(start + json.ValueSpan.Length);
        return true;
    }

    static bool Object(ref Utf8JsonReader json, ref Range? content)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        var start = (int)json.TokenStartIndex;
        json.Skip();
        content = start..(int)json.BytesConsumed;
        return true;
    }

    static bool Nothing(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.StartObject && json.Read() && json.TokenType == JsonTokenType.EndObject;

    bool Types(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            return false;
        var start = (int)json.TokenStartIndex;
        json.Skip();
        MessageTypes = NamesIn(_body.AsSpan()[start..(int)json.BytesConsumed]);
        return true;
    }

    static string[] NamesIn(ReadOnlySpan<byte> list)
    {
        var known = _known;
        foreach (var (json, names) in known)
            if (list.SequenceEqual(json))
                return names;
        var read = JsonSerializer.Deserialize<string[]>(list) ?? [];
        // Two that add at once: one of them is added again the next time.
        if (known.Length < MostKnown)
            _known = [.. known, (list.ToArray(), read)];
        return read;
    }

    Uri? AddressIn(Range? range) => range is { } address ? new Uri(Encoding.UTF8.GetString(_body.AsSpan()[address])) : null;
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Persistence.DeadLetters;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.ServiceDefaults.Bus;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>Makes a row of what was given up. Nothing in a message can keep it from becoming one: whatever cannot be read is left out.</summary>
internal static class LetterReader
{
    const int LongestText = 4096;
    const int LongestName = 256;
    static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 64 };

    public static TakenLetter Of(GivenUpMessage message, DateTimeOffset now)
    {
        var death = Death.Of(message.Headers);
        var content = MessageContent.Of(message.Body);
        var endpoint = Text(message, DeadLetterHeaders.Endpoint) ?? death?.Queue ?? "unknown";
        var cause = new Cause
        {
            Kind = Text(message, DeadLetterHeaders.Kind) ?? (death is null ? DeadLetterHeaders.Failed : DeadLetterHeaders.DeliveryLimit),
            Endpoint = endpoint,
            MessageType = Text(message, DeadLetterHeaders.MessageType) ?? content.Type ?? TypeOf(Text(message, DeadLetterHeaders.Exchange) ?? death?.Exchange),
            Exception = Text(message, DeadLetterHeaders.Exception),
            Reason = CollectorMask.Of(Text(message, DeadLetterHeaders.Reason) ?? death?.Sentence ?? "It says nothing about why it was given up"),
        };
        var messageId = message.Headers.TryGetValue(DeadLetterHeaders.MessageId, out var replayed) ? Clean(replayed as string) : Clean(message.MessageId);
        messageId = messageId is null or "" or DeadLetterHeaders.NoMessageId ? null : messageId;
        var exchange = Text(message, DeadLetterHeaders.Exchange) ?? ExchangeOf(cause.MessageType) ?? death?.Exchange;
        var letter = new DeadLetter
        {
            Id = IdOf(endpoint, messageId, message.Body),
            Kind = cause.Kind,
            Owner = cause.Owner,
            Endpoint = endpoint,
            Exchange = exchange,
            MessageType = cause.MessageType,
            MessageId = messageId,
            DeliveryId = exchange is WireNames.OrderCompleted or WireNames.OrderRefunded
                ? CommerceDoor.Read(exchange, message.ContentType, messageId, message.Body).DeliveryId
                : Guid.TryParse(messageId, out var id) ? id : null,
            ContentType = Clean(message.ContentType),
            Reason = cause.Reason,
            Exception = cause.Exception,
            Fingerprint = cause.Fingerprint,
            OrderId = content.OrderId,
            RefundId = content.RefundId,
            Headers = JsonSerializer.Serialize(message.Headers.ToDictionary(header => Clean(header.Key)!, header => Clean(header.Value))),
            Body = message.Body,
            LastFailedAt = Instant(Text(message, DeadLetterHeaders.At)) ?? death?.At ?? now,
        };
        return new TakenLetter(letter, SearchText(letter, message));
    }

    /// <summary>The same message in the same queue is the same dead letter.</summary>
    public static Guid IdOf(string endpoint, string? messageId, byte[] body) => Identity.Of("dead-letter", endpoint, messageId ?? "", Convert.ToHexString(SHA256.HashData(body)));

    static string SearchText(DeadLetter letter, GivenUpMessage message)
    {
        var text = string.Join('\n', letter.Id, letter.MessageId, letter.OrderId, letter.RefundId, letter.Endpoint, letter.MessageType, letter.Reason, letter.Exception, ShownBody.Of(letter.Body, LongestText),
            string.Join('\n', message.Headers.Where(header => header.Value is string).Select(header => $"{header.Key}: {header.Value}")));
        return Cut(CollectorMask.Of(Clean(text)!).ToLowerInvariant(), LongestText);
    }

    static string? Text(GivenUpMessage message, string header) => message.Headers.TryGetValue(header, out var value) && value is string { Length: > 0 } text ? Clean(text) : null;

    static DateTimeOffset? Instant(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    static string? TypeOf(string? exchange) => exchange switch
    {
        WireNames.OrderCompleted => nameof(OrderCompleted),
        WireNames.OrderRefunded => nameof(OrderRefunded),
        _ => null,
    };

    static string? ExchangeOf(string? type) => type switch
    {
        nameof(OrderCompleted) => WireNames.OrderCompleted,
        nameof(OrderRefunded) => WireNames.OrderRefunded,
        _ => null,
    };

    /// <summary>The database takes every character but this one.</summary>
    static string? Clean(string? text) => text?.Replace('\0', '\uFFFD');

    static object? Clean(object? value) => value switch
    {
        string text => Clean(text),
        Dictionary<string, object?> table => table.ToDictionary(entry => Clean(entry.Key)!, entry => Clean(entry.Value)),
        List<object?> list => list.ConvertAll(Clean),
        // JSON has no word for these.
        double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity) or float and (float.NaN or float.PositiveInfinity or float.NegativeInfinity) => value.ToString(),
        _ => value,
    };

    static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    /// <summary>What the broker says of a message that it gave up itself.</summary>
    sealed record Death(string? Queue, string? Exchange, string Sentence, DateTimeOffset? At)
    {
        public static Death? Of(IReadOnlyDictionary<string, object?> headers)
        {
            if (!headers.TryGetValue("x-death", out var value) || value is not List<object?> { Count: > 0 } deaths || deaths[0] is not Dictionary<string, object?> latest)
                return null;
            var reason = latest.GetValueOrDefault("reason") as string;
            return new Death(Clean(latest.GetValueOrDefault("queue") as string), Clean(latest.GetValueOrDefault("exchange") as string) is { Length: > 0 } exchange ? exchange : null,
                reason == "delivery_limit" ? "It was delivered too often without being acknowledged: workers gave it back, or died with it in hand" : $"The broker gave it up: {Clean(reason) ?? "no reason given"}",
                Instant(latest.GetValueOrDefault("time") as string));
        }
    }

    /// <summary>The little that is looked for in a body: whose it is and what it is.</summary>
    sealed record MessageContent(string? OrderId, string? RefundId, string? Type)
    {
        public static MessageContent Of(byte[] body)
        {
            try
            {
                using var document = JsonDocument.Parse(body, Lenient);
                var root = document.RootElement;
                var inner = Member(root, "message") ?? Member(root, "data") ?? root;
                return new MessageContent(TextOf(inner, "orderId") ?? TextOf(root, "orderId"), TextOf(inner, "refundId") ?? TextOf(Member(inner, "refund"), "refundId"), TypeIn(root));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // No JSON, or text that is no UTF-8: it is a dead letter all the same.
                return new MessageContent(null, null, null);
            }
        }

        static JsonElement? Member(JsonElement? element, string name) =>
            element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;

        static string? TextOf(JsonElement? element, string name) =>
            element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 and <= LongestName } text
                ? Clean(text)
                : null;

        /// <summary>The name at the end of the first URN.</summary>
        static string? TypeIn(JsonElement root) =>
            root.ValueKind == JsonValueKind.Object && root.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
            && types[0].ValueKind == JsonValueKind.String && types[0].GetString() is { Length: > 0 and <= LongestName } urn
                ? Clean(urn.Split(':')[^1])
                : null;
    }
}

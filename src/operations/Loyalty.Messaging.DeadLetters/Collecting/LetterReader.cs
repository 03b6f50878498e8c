using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>
/// Makes a row of what was given up. Nothing in a message can keep it from becoming one: whatever cannot be read is left out.
/// </summary>
internal static class LetterReader
{
    const int LongestText = 4096;
    const int LongestName = 256;
    const int DeepestHeader = 16;
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
            MessageType =
                Text(message, DeadLetterHeaders.MessageType)
                ?? content.Type
                ?? TypeOf(Text(message, DeadLetterHeaders.Exchange) ?? death?.Exchange),
            Exception = Text(message, DeadLetterHeaders.Exception),
            Reason = CollectorMask.Of(
                Text(message, DeadLetterHeaders.Reason, LongestText) ?? death?.Sentence ?? "It says nothing about why it was given up"
            ),
        };
        var messageId = Text(message, DeadLetterHeaders.MessageId) ?? Clean(message.MessageId);
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
            DeliveryId =
                exchange is WireNames.OrderCompleted or WireNames.OrderRefunded
                    ? CommerceEventCheck.Read(exchange, message.ContentType, messageId, message.Body).DeliveryId
                : Guid.TryParse(messageId, out var id) ? id
                : null,
            ContentType = Clean(message.ContentType),
            Reason = cause.Reason,
            Exception = cause.Exception,
            Fingerprint = cause.Fingerprint,
            OrderId = content.OrderId,
            RefundId = content.RefundId,
            Headers = JsonSerializer.Serialize(Clean(message.Headers, 0)),
            Body = message.Body,
            LastFailedAt = Instant(Text(message, DeadLetterHeaders.At)) ?? death?.At ?? now,
        };
        return new TakenLetter(letter, SearchText(letter, message));
    }

    /// <summary>Nothing of it is read but its bytes: for one at which reading or the database fails.</summary>
    public static TakenLetter Raw(GivenUpMessage message, DateTimeOffset now, Exception fault)
    {
        var cause = new Cause
        {
            Kind = DeadLetterHeaders.Failed,
            Endpoint = "unknown",
            Exception = fault.GetType().FullName,
            Reason = "It is unreadable and is kept as bytes: look at the body, and let the publisher send it again as it should be",
        };
        return new TakenLetter(
            new DeadLetter
            {
                Id = IdOf(cause.Endpoint, null, message.Body),
                Kind = cause.Kind,
                Owner = cause.Owner,
                Endpoint = cause.Endpoint,
                Reason = cause.Reason,
                Exception = cause.Exception,
                Fingerprint = cause.Fingerprint,
                Headers = "{}",
                Body = message.Body,
                LastFailedAt = now,
            },
            cause.Reason.ToLowerInvariant()
        );
    }

    /// <summary>The same message in the same queue is the same dead letter.</summary>
    public static Guid IdOf(string endpoint, string? messageId, byte[] body) =>
        DeterministicId.Of("dead-letter", endpoint, messageId ?? "", Convert.ToHexString(SHA256.HashData(body)));

    static string SearchText(DeadLetter letter, GivenUpMessage message)
    {
        var text = string.Join(
            '\n',
            letter.Id,
            letter.MessageId,
            letter.OrderId,
            letter.RefundId,
            letter.Endpoint,
            letter.MessageType,
            letter.Reason,
            letter.Exception,
            ShownBody.Of(letter.Body, LongestText),
            string.Join('\n', message.Headers.Where(header => header.Value is string).Select(header => $"{header.Key}: {header.Value}"))
        );
        return BoundedText.Cut(CollectorMask.Of(Clean(text)!).ToLowerInvariant(), LongestText);
    }

    /// <summary>Bounded: whoever puts something there himself may write as much as a frame holds.</summary>
    static string? Text(GivenUpMessage message, string header, int most = LongestName) =>
        message.Headers.TryGetValue(header, out var value) && value is string { Length: > 0 } text
            ? Clean(BoundedText.Cut(text, most))
            : null;

    static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    static string? TypeOf(string? exchange) =>
        exchange switch
        {
            WireNames.OrderCompleted => nameof(OrderCompleted),
            WireNames.OrderRefunded => nameof(OrderRefunded),
            _ => null,
        };

    static string? ExchangeOf(string? type) =>
        type switch
        {
            nameof(OrderCompleted) => WireNames.OrderCompleted,
            nameof(OrderRefunded) => WireNames.OrderRefunded,
            _ => null,
        };

    /// <summary>The database takes every character but this one.</summary>
    static string? Clean(string? text) => text?.Replace('\0', '\uFFFD');

    static object? Clean(object? value, int depth) =>
        value switch
        {
            string text => Clean(text),
            IDictionary<string, object?> or List<object?> when depth == DeepestHeader => "…",
            Dictionary<string, object?> table => Clean((IReadOnlyDictionary<string, object?>)table, depth),
            List<object?> list => list.ConvertAll(each => Clean(each, depth + 1)),
            // JSON has no word for these.
            double
            and (double.NaN or double.PositiveInfinity or double.NegativeInfinity)
            or float
            and (float.NaN or float.PositiveInfinity or float.NegativeInfinity) => value.ToString(),
            _ => value,
        };

    /// <summary>Two names may be the same when they are cleaned: the last one stands.</summary>
    static Dictionary<string, object?> Clean(IReadOnlyDictionary<string, object?> table, int depth)
    {
        var cleaned = new Dictionary<string, object?>();
        foreach (var (name, value) in table)
            cleaned[Clean(name)!] = Clean(value, depth + 1);
        return cleaned;
    }

    /// <summary>What the broker says of a message that it gave up itself.</summary>
    sealed record Death(string? Queue, string? Exchange, string Sentence, DateTimeOffset? At)
    {
        public static Death? Of(IReadOnlyDictionary<string, object?> headers)
        {
            if (
                !headers.TryGetValue("x-death", out var value)
                || value is not List<object?> { Count: > 0 } deaths
                || deaths[0] is not Dictionary<string, object?> latest
            )
                return null;
            var reason = latest.GetValueOrDefault("reason") as string;
            return new Death(
                Clean(latest.GetValueOrDefault("queue") as string),
                Clean(latest.GetValueOrDefault("exchange") as string) is { Length: > 0 } exchange ? exchange : null,
                reason == "delivery_limit"
                    ? "It was delivered too often without being acknowledged: workers gave it back, or died with it in hand"
                    : $"The broker gave it up: {Clean(reason) ?? "no reason given"}",
                Instant(latest.GetValueOrDefault("time") as string)
            );
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
                return new MessageContent(
                    TextOf(inner, "orderId") ?? TextOf(root, "orderId"),
                    TextOf(inner, "refundId") ?? TextOf(Member(inner, "refund"), "refundId"),
                    TypeIn(root)
                );
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // No JSON, or text that is no UTF-8: it is a dead letter all the same.
                return new MessageContent(null, null, null);
            }
        }

        static JsonElement? Member(JsonElement? element, string name) =>
            element is { ValueKind: JsonValueKind.Object } found
            && found.TryGetProperty(name, out var member)
            && member.ValueKind == JsonValueKind.Object
                ? member
                : null;

        static string? TextOf(JsonElement? element, string name) =>
            element is { ValueKind: JsonValueKind.Object } found
            && found.TryGetProperty(name, out var member)
            && member.ValueKind == JsonValueKind.String
            && member.GetString() is { Length: > 0 and <= LongestName } text
                ? Clean(text)
                : null;

        /// <summary>The name at the end of the first URN.</summary>
        static string? TypeIn(JsonElement root) =>
            root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("messageType", out var types)
            && types.ValueKind == JsonValueKind.Array
            && types.GetArrayLength() > 0
            && types[0].ValueKind == JsonValueKind.String
            && types[0].GetString() is { Length: > 0 and <= LongestName } urn
                ? Clean(urn.Split(':')[^1])
                : null;
    }
}

using System.Net.Mime;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Read;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>
/// What the worker would say to an event of commerce, asked without a broker: the reader of its queues reads it, and nothing else
/// does.
/// </summary>
public static class CommerceEventCheck
{
    /// <param name="exchange"><see cref="WireNames.OrderCompleted"/> or <see cref="WireNames.OrderRefunded"/>: it decides which event it
    /// is.</param>
    /// <param name="contentType"><c>application/json</c>, <c>application/cloudevents+json</c> or
    /// <c>application/vnd.masstransit+json</c>.</param>
    /// <returns>What it would refuse; empty when it would accept.</returns>
    public static IReadOnlyList<ContractViolation> Ask(string exchange, string contentType, ReadOnlyMemory<byte> body) =>
        Read(exchange, contentType, null, body).Violations;

    /// <summary>The same, and what it reads.</summary>
    /// <param name="messageId">The publisher's, when it gave one.</param>
    public static CommerceReading Read(string exchange, string? contentType, string? messageId, ReadOnlyMemory<byte> body)
    {
        var reader = new MessageReader(Known(contentType), new SystemTextJsonRawMessageSerializer());
        try
        {
            var read = reader.Deserialize(new UnsentEvent(exchange, messageId, body.ToArray()));
            object? message =
                read.TryGetMessage<OrderCompleted>(out var order) ? order.Message
                : read.TryGetMessage<OrderRefunded>(out var refund) ? refund.Message
                : null;
            return new CommerceReading(message, read.MessageId, []);
        }
        catch (ContractViolationException refused)
        {
            return new CommerceReading(null, null, refused.Violations);
        }
    }

    /// <summary>What is not known is read as plain JSON, as the worker does.</summary>
    static ContentType Known(string? contentType)
    {
        try
        {
            if (
                contentType is not null
                && new ContentType(contentType) is { MediaType: ContentTypes.CloudEvents or ContentTypes.Envelope } known
            )
                return known;
        }
        catch (Exception unread) when (unread is FormatException or ArgumentException)
        {
            // Empty, or a parameter twice: a publisher may write what it likes.
        }
        return SystemTextJsonRawMessageSerializer.JsonContentType;
    }
}

/// <summary>What the worker reads in an event of commerce.</summary>
/// <param name="Message"><see cref="OrderCompleted"/> or <see cref="OrderRefunded"/>; null when it is refused.</param>
/// <param name="DeliveryId">Under which the inbox and the journal know it.</param>
/// <param name="Violations">Why it is refused; empty when it is not.</param>
public sealed record CommerceReading(object? Message, Guid? DeliveryId, IReadOnlyList<ContractViolation> Violations);

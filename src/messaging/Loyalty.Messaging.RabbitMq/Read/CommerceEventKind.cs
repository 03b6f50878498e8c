using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>The two events that commerce publishes, and how a delivery is recognized as one of them.</summary>
internal sealed record CommerceEventKind(
    string Name,
    string Exchange,
    string Urn,
    Func<ReadOnlyMemory<byte>, bool, (object Message, string? EventId)> Read
)
{
    public static readonly CommerceEventKind OrderCompleted = new(
        "order-completed",
        WireNames.OrderCompleted,
        MessageUrn.ForTypeString<OrderCompleted>(),
        (body, numbersAsText) =>
        {
            var order = CommerceEvents.ReadOrderCompleted(body, numbersAsText);
            return (order, order.EventId);
        }
    );

    public static readonly CommerceEventKind OrderRefunded = new(
        "order-refunded",
        WireNames.OrderRefunded,
        MessageUrn.ForTypeString<OrderRefunded>(),
        (body, numbersAsText) =>
        {
            var refund = CommerceEvents.ReadOrderRefunded(body, numbersAsText);
            return (refund, refund.EventId);
        }
    );

    /// <summary>The event that this one could be taken for.</summary>
    public CommerceEventKind Other => this == OrderCompleted ? OrderRefunded : OrderCompleted;

    /// <summary>By the exchange it was published to; a replayed dead letter brings that name with it.</summary>
    public static CommerceEventKind? Of(ReceiveContext context)
    {
        var exchange = context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) ? delivery.Exchange : null;
        return ByExchange(exchange) ?? ByExchange(context.TransportHeaders.Get<string>(DeadLetterHeaders.Exchange));
    }

    static CommerceEventKind? ByExchange(string? exchange) =>
        exchange switch
        {
            WireNames.OrderCompleted => OrderCompleted,
            WireNames.OrderRefunded => OrderRefunded,
            _ => null,
        };
}

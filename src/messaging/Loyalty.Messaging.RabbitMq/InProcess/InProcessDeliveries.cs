using Loyalty.Messaging.RabbitMq.Consume;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq.InProcess;

public static class InProcessDeliveries
{
    /// <summary>It came straight from the commit that sent it, and not by the broker.</summary>
    public static bool IsInProcess(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.ReceiveContext.TryGetPayload(out RabbitMqBasicConsumeContext? delivery)
            && ConcurrentConsumer.IsInProcess(delivery.DeliveryTag);
    }
}

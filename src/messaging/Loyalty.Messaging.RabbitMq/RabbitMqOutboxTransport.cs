using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Publish;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq;

/// <summary>The outbox's ways out: to a consumer of this process, or on a connection of their own.</summary>
internal sealed class RabbitMqOutboxTransport(InProcessQueues queues, DirectPublish direct, PublishWatch watch) : IOutboxTransport
{
    public bool TakesMessages => !watch.IsBlocked;

    public Task<bool>? DeliverInProcess(SendContext message, byte[] body) => queues.Deliver(message, body);

    public Task? SendCaptured(SendContext message, byte[] body) => direct.SendCaptured(message, body);

    public Task? SendStored(IPipe<SendContext> message, byte[] body) => direct.SendStored(message, body);
}

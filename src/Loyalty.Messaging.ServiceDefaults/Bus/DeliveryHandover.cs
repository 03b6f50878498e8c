using MassTransit;
using MassTransit.Middleware;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// Lets an endpoint work on as many deliveries at a time as its prefetch allows, although its channel hands out one after the other. The client's own way to more of them
/// is a loop for each, and every delivery wakes all loops that wait.
/// </summary>
internal sealed class DeliveryHandover : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new Channel(context));

    public void Probe(ProbeContext context) => context.CreateFilterScope("deliveryHandover");

    /// <summary>The channel as it is, but for its consumer.</summary>
    sealed class Channel(ChannelContext inner) : ProxyPipeContext(inner), ChannelContext
    {
        IChannel ChannelContext.Channel => inner.Channel;

        public ConnectionContext ConnectionContext => inner.ConnectionContext;

        public Task<string> BasicConsume(string queue, bool noAck, bool exclusive, IDictionary<string, object> arguments, IAsyncBasicConsumer consumer, string consumerTag,
            CancellationToken cancellationToken) =>
            inner.BasicConsume(queue, noAck, exclusive, arguments, new HandoverConsumer(consumer), consumerTag, cancellationToken);

        public Task BasicPublishAsync(string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck) =>
            inner.BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck);

        public Task ExchangeBind(string destination, string source, string routingKey, IDictionary<string, object> arguments) =>
            inner.ExchangeBind(destination, source, routingKey, arguments);

        public Task ExchangeDeclare(string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments) =>
            inner.ExchangeDeclare(exchange, type, durable, autoDelete, arguments);

        public Task ExchangeDeclarePassive(string exchange) => inner.ExchangeDeclarePassive(exchange);

        public Task QueueBind(string queue, string exchange, string routingKey, IDictionary<string, object> arguments) =>
            inner.QueueBind(queue, exchange, routingKey, arguments);

        public Task<QueueDeclareOk> QueueDeclare(string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments) =>
            inner.QueueDeclare(queue, durable, exclusive, autoDelete, arguments);

        public Task<QueueDeclareOk> QueueDeclarePassive(string queue) => inner.QueueDeclarePassive(queue);

        public Task<uint> QueuePurge(string queue) => inner.QueuePurge(queue);

        public Task BasicQos(uint prefetchSize, ushort prefetchCount, bool global) => inner.BasicQos(prefetchSize, prefetchCount, global);

        public ValueTask BasicAck(ulong deliveryTag, bool multiple) => inner.BasicAck(deliveryTag, multiple);

        public Task BasicNack(ulong deliveryTag, bool multiple, bool requeue) => inner.BasicNack(deliveryTag, multiple, requeue);

        public Task BasicCancel(string consumerTag) => inner.BasicCancel(consumerTag);
    }
}

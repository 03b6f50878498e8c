using System.Buffers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>Gives each delivery to the thread pool and takes the next one. How many are in hand at a time, the broker limits: it delivers no more than the prefetch.</summary>
internal sealed class HandoverConsumer(IAsyncBasicConsumer inner) : IAsyncBasicConsumer
{
    public IChannel? Channel => inner.Channel;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken) => inner.HandleBasicConsumeOkAsync(consumerTag, cancellationToken);

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken) => inner.HandleBasicCancelOkAsync(consumerTag, cancellationToken);

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken) => inner.HandleBasicCancelAsync(consumerTag, cancellationToken);

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => inner.HandleChannelShutdownAsync(channel, reason);

    public Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // The client takes its buffer back when this returns.
        var copy = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(copy);
        ThreadPool.UnsafeQueueUserWorkItem(new Delivery(inner, consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, copy, body.Length), preferLocal: false);
        return Task.CompletedTask;
    }

    sealed class Delivery(IAsyncBasicConsumer consumer, string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        byte[] body, int length) : IThreadPoolWorkItem
    {
        public void Execute() => _ = WorkAsync();

        async Task WorkAsync()
        {
            try
            {
                await consumer.HandleBasicDeliverAsync(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body.AsMemory(0, length)).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(body);
            }
        }
    }
}

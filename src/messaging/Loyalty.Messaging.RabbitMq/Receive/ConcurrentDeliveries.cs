using Loyalty.Messaging.RabbitMq.Consume;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Lanes;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Receive;

/// <summary>
/// Lets an endpoint work on as many deliveries at a time as its prefetch allows, although its channel hands out one after the other. The
/// client's own way to more of them is a loop for each, and every delivery wakes all loops that wait.
/// </summary>
/// <param name="queues">Where the endpoint's queue is known to others in this process; null when it is not.</param>
/// <param name="lane">What may be taken ends with it; null when the queue belongs to everybody.</param>
internal sealed class ConcurrentDeliveries(int prefetch, InProcessQueues? queues, Lane? lane) : IFilter<ChannelContext>
{
    static readonly TimeSpan AckDelay = TimeSpan.FromMilliseconds(5);

    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new Channel(context, prefetch, queues, lane));

    public void Probe(ProbeContext context) => context.CreateFilterScope("deliveryHandover");

    /// <summary>The channel as it is, but for its consumer and its acks.</summary>
    sealed class Channel(ChannelContext inner, int prefetch, InProcessQueues? queues, Lane? lane)
        : SharedChannelContext(inner, inner.CancellationToken),
            ChannelContext
    {
        readonly ChannelContext _inner = inner;

        // Without the delivery's token: an ack that stands for many must not end with one of them.
        readonly AckBatch _acks = new(
            (tag, multiple) => inner.BasicAck(tag, multiple, CancellationToken.None),
            AckDelay,
            TimeProvider.System
        );
        ConcurrentConsumer? _consumer;

        Task<string> ChannelContext.BasicConsume(
            string queue,
            bool noAck,
            bool exclusive,
            IDictionary<string, object> arguments,
            IAsyncBasicConsumer consumer,
            string consumerTag,
            CancellationToken cancellationToken
        )
        {
            _consumer = new ConcurrentConsumer(
                consumer,
                _acks,
                prefetch,
                queues?.SlowOf(queue) ?? new SlowMessages(TimeSpan.Zero, TimeProvider.System),
                TimeProvider.System,
                lane
            );
            queues?.Open(queue, _consumer);
            return BasicConsume(queue, noAck, exclusive, arguments, _consumer, consumerTag, cancellationToken);
        }

        ValueTask ChannelContext.BasicAck(ulong deliveryTag, bool multiple, CancellationToken cancellationToken)
        {
            if (!ConcurrentConsumer.IsInProcess(deliveryTag))
                return Shortcuts.AckBatch ? _acks.AddAsync(deliveryTag) : _inner.BasicAck(deliveryTag, multiple, cancellationToken);
            _consumer!.Settle(deliveryTag, done: true);
            return default;
        }

        async Task ChannelContext.BasicNack(ulong deliveryTag, bool multiple, bool requeue, CancellationToken cancellationToken)
        {
            if (ConcurrentConsumer.IsInProcess(deliveryTag))
            {
                _consumer!.Settle(deliveryTag, done: false);
                return;
            }
            // In this order: until the broker knows, an "up to" must not take it for done.
            await _inner.BasicNack(deliveryTag, multiple, requeue, cancellationToken);
            _acks.Settle(deliveryTag);
        }

        async Task ChannelContext.BasicCancel(string consumerTag, CancellationToken cancellationToken)
        {
            await _acks.CloseAsync();
            await BasicCancel(consumerTag, cancellationToken);
        }
    }
}

using MassTransit;
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
    sealed class Channel(ChannelContext inner) : SharedChannelContext(inner, inner.CancellationToken), ChannelContext
    {
        Task<string> ChannelContext.BasicConsume(string queue, bool noAck, bool exclusive, IDictionary<string, object> arguments, IAsyncBasicConsumer consumer, string consumerTag,
            CancellationToken cancellationToken) =>
            BasicConsume(queue, noAck, exclusive, arguments, new HandoverConsumer(consumer), consumerTag, cancellationToken);
    }
}

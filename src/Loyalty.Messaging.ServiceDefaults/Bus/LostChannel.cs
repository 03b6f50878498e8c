using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// A delivery whose channel has gone cannot be acknowledged; the broker delivers it again. MassTransit 8.4 answers the client's exception for that by closing the channel
/// from within the delivery, and the close waits for the deliveries to end: the connection never finishes closing, and no new one is opened (its issue 6001).
/// Told in other words, the same failure does no harm.
/// </summary>
internal sealed class LostChannel : IReceiveObserver
{
    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class => Task.CompletedTask;

    /// <exception cref="DeliveryInterruptedException">The channel of the delivery is closed: thrown in place of what the transport threw.</exception>
    public Task ReceiveFault(ReceiveContext context, Exception exception) =>
        exception is OperationInterruptedException or EndOfStreamException && context.TryGetPayload(out ChannelContext? channel) && channel.Channel.IsClosed
            ? Task.FromException(new DeliveryInterruptedException(exception))
            : Task.CompletedTask;
}

/// <summary>The channel went before the delivery could be acknowledged; the broker delivers it again.</summary>
public sealed class DeliveryInterruptedException(Exception inner) : Exception("The channel went before the delivery could be acknowledged; the broker delivers it again", inner);

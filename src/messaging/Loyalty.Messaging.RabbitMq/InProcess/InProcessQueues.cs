using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Consume;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.RabbitMq.InProcess;

/// <summary>
/// The queues that this process works on just now. A message to one of them need not go through the broker, as long as something durable
/// stands for it until it has been dealt with:
/// a row of the outbox, or a delivery that is not acknowledged yet.
/// </summary>
public sealed class InProcessQueues(IOptions<RabbitMqOptions> options, OutboxOptions? outbox = null) : IInProcessTransport
{
    static readonly Meter Meter = new(LoyaltyTelemetry.Name);
    static readonly Counter<long> Taken = Meter.CreateCounter<long>(
        "loyalty.messages.in_process",
        "{message}",
        "Messages that went from one queue's consumer to another's without the broker"
    );

    readonly ConcurrentDictionary<string, ConcurrentConsumer> _consumers = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, SlowMessages> _slow = new(StringComparer.Ordinal);

    /// <param name="message">As it was about to be sent.</param>
    /// <param name="body">Its bytes; not to be changed any more.</param>
    /// <returns>
    /// Ends with true when the message has been dealt with: its consumer is done, or has put it into the dead letters. Ends with false when
    /// it has not. Null when it has to go through the broker: no consumer here has had something from that queue within the last heartbeat,
    /// or has enough in hand, or its lane is not ours any more; the message is traced, or has something that only the bus knows how to
    /// write.
    /// </returns>
    public Task<bool>? Deliver(SendContext message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (
            !MayTake
            || message is not RabbitMqSendContext { RoutingKey: null or "" } rabbit
            || message.TimeToLive is not null
            || !_consumers.TryGetValue(rabbit.Exchange, out var consumer)
            || !consumer.HasRoom
            || !SentProperties.Write(message, rabbit.BasicProperties)
        )
            return null;
        var working = consumer.TakeInProcess(rabbit.Exchange, "", rabbit.BasicProperties, body);
        if (working is not null)
            Taken.Add(1, new KeyValuePair<string, object?>("queue", rabbit.Exchange));
        return working;
    }

    /// <summary>A message that takes longer than this goes to the broker as well.</summary>
    internal TimeSpan CopyAfter { get; } = (outbox ?? new OutboxOptions()).CopyAfter;

    /// <summary>Whether it is worth while to write a message to this address.</summary>
    internal bool HasRoom(Uri address) =>
        MayTake && address.Scheme == "exchange" && _consumers.TryGetValue(address.AbsolutePath, out var consumer) && consumer.HasRoom;

    // Somebody who follows a trace wants to see the broker in it.
    bool MayTake => options.Value.InProcess && Activity.Current is null;

    /// <summary>Kept over the connections.</summary>
    internal SlowMessages SlowOf(string queue) => _slow.GetOrAdd(queue, _ => new SlowMessages(CopyAfter / 2, TimeProvider.System));

    internal void Open(string queue, ConcurrentConsumer consumer) => _consumers[queue] = consumer;
}

using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Lanes;
using MassTransit;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Receive;

/// <summary>What a queue of ours is, in words that do not name the broker.</summary>
public static class QueueConventions
{
    /// <summary>Durable and replicated; nothing is subscribed by type; what is given up goes to the dead letters.</summary>
    /// <param name="prefetch">How many deliveries are handed over at a time.</param>
    /// <param name="inProcess">When given, what this process sends to the queue may come without the broker.</param>
    /// <param name="lane">When given, the queue can be left to others.</param>
    public static void UseWorkQueue(
        this IReceiveEndpointConfigurator endpoint,
        int prefetch,
        InProcessQueues? inProcess = null,
        Lane? lane = null
    ) => Use(endpoint, prefetch, Topology.WorkQueueArguments, inProcess, lane);

    /// <summary>
    /// A work queue that one process at a time works on: with a lane for as long as that is ours; without one, whichever process the broker
    /// chooses. Outermost, so before what else is said of the endpoint.
    /// </summary>
    public static void UseLane(this IReceiveEndpointConfigurator endpoint, int prefetch, InProcessQueues? inProcess, Lane? lane) =>
        Use(endpoint, prefetch, Topology.LaneArguments, inProcess, lane);

    /// <summary>
    /// A queue of questions whose askers wait for an answer: what nobody waits for any more is dropped, what cannot be read goes to the
    /// dead letters.
    /// </summary>
    /// <param name="prefetch">How many questions are answered at a time.</param>
    public static void UseRequestQueue(this IReceiveEndpointConfigurator endpoint, int prefetch) =>
        Use(endpoint, prefetch, Topology.RequestQueueArguments, inProcess: null);

    static void Use(
        IReceiveEndpointConfigurator endpoint,
        int prefetch,
        IReadOnlyDictionary<string, object> arguments,
        InProcessQueues? inProcess,
        Lane? lane = null
    )
    {
        var queue = RabbitMq(endpoint);
        queue.ConfigureConsumeTopology = false;
        queue.PublishFaults = false;
        queue.PrefetchCount = prefetch;
        // The limit is how many loops the client runs for the channel: one is enough, for it hands over and does not wait.
        queue.ConcurrentMessageLimit = Shortcuts.Handover ? 1 : prefetch;
        queue.ConfigureChannel(channel => channel.UseFilter(new ConcurrentDeliveries(prefetch, inProcess, lane)));
        foreach (var (argument, value) in arguments)
            queue.SetQueueArgument(argument, value);
        var deadLetters = new DeadLetterFilter(TimeProvider.System);
        queue.ConfigureError(pipe => pipe.UseFilter(deadLetters));
        queue.ConfigureDeadLetter(pipe => pipe.UseFilter(deadLetters));
        if (lane is not null)
            endpoint.UseFilter(new LaneFilter(lane));
    }

    /// <summary>
    /// What this consumer sends to a queue of this process may do without the broker: for consumers that send one message, and last.
    /// </summary>
    public static void UseInProcessAnswers<T>(this IPipeConfigurator<ConsumeContext<T>> consumer, InProcessQueues queues)
        where T : class => consumer.UseFilter(new InProcessAnswers<T>(queues, TimeProvider.System));

    /// <summary>Also receives what is published to this exchange of the contract.</summary>
    public static void Subscribe(this IReceiveEndpointConfigurator endpoint, string exchange) =>
        RabbitMq(endpoint)
            .Bind(
                exchange,
                bind =>
                {
                    bind.ExchangeType = ExchangeType.Fanout;
                    bind.Durable = true;
                }
            );

    static IRabbitMqReceiveEndpointConfigurator RabbitMq(IReceiveEndpointConfigurator endpoint) =>
        endpoint as IRabbitMqReceiveEndpointConfigurator ?? throw new InvalidOperationException("This endpoint is not on RabbitMQ");
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// The calls to the issuer. One collector is always in the same queue; each queue belongs to one worker at a time, its lane; inside it,
/// calls are lined up by collector: so one collector never has two calls in flight, while different collectors go in parallel. No outbox
/// here: a call is not undone by a rollback.
/// </summary>
internal static class IssuerEndpoints
{
    /// <summary>
    /// Of all queues. Collectors that share a line wait for each other: at 300 calls a second of 50 ms, and as long again until the answer
    /// is kept, one in 550 meets a stranger's.
    /// </summary>
    const int Lines = 16_384;

    /// <summary>
    /// Deliveries in hand of all queues for each call that may be under way, but of each queue no fewer than that; as many again come
    /// without the broker. When orders come faster than the issuer answers, the rest waits at the broker: in memory each would take 25 KB,
    /// and a place before the deliveries that finish an order.
    /// </summary>
    const int InHandForEachCall = 4;

    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        // Said here and not where the queues are: what is said to ConfigureConsumer for one queue, MassTransit repeats for every queue
        // after it.
        var lines = new Partitioner(Lines, new Murmur3UnsafeHashGenerator());
        bus.AddConsumer<IssueMilesConsumer>(
            (context, consumer) =>
                consumer.Message<IssueMiles>(call =>
                    LineUp(
                        call,
                        context,
                        lines,
                        message => message.CollectorNumber,
                        (calls, message, cancellationToken) =>
                            calls.OfIssuanceAsync(message.OrderId, message.IdempotencyKey, message.Body, cancellationToken)
                    )
                )
        );
        bus.AddConsumer<ReverseMilesConsumer>(
            (context, consumer) =>
                consumer.Message<ReverseMiles>(call =>
                    LineUp(
                        call,
                        context,
                        lines,
                        message => message.CollectorNumber,
                        (calls, message, cancellationToken) =>
                            calls.OfReversalAsync(message.RefundId, message.IdempotencyKey, message.Body, cancellationToken)
                    )
                )
        );
    }

    /// <param name="lane">For how long the queue is ours; null where one process alone works.</param>
    public static void Configure(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint, Lane? lane) =>
        Configure(context, endpoint, lane, countInterrupted: true);

    /// <param name="countInterrupted">False where there is no database to count in.</param>
    internal static void Configure(
        IBusRegistrationContext context,
        IReceiveEndpointConfigurator endpoint,
        Lane? lane,
        bool countInterrupted
    )
    {
        var options = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value;
        var calls = context.GetRequiredService<IOptions<AirMilesOptions>>().Value.MaxConcurrency;
        var prefetch = (int)Math.Min(options.Prefetch, Math.Max(InHandForEachCall, (long)InHandForEachCall * calls / options.Partitions));
        endpoint.UseLane(prefetch, context.GetRequiredService<InProcessQueues>(), lane);
        if (countInterrupted)
            endpoint.UseInterruptedDeliveries(context);
        endpoint.UseMessageRetry(retry =>
        {
            retry.Intervals(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            retry.Ignore<UnaskedCallException>();
            retry.Ignore<DeadlyMessageException>();
        });
        endpoint.ConfigureConsumer<IssueMilesConsumer>(context);
        endpoint.ConfigureConsumer<ReverseMilesConsumer>(context);
    }

    static void LineUp<TCall>(
        IPipeConfigurator<ConsumeContext<TCall>> call,
        IRegistrationContext context,
        IPartitioner lines,
        Func<TCall, string> collector,
        Func<ICurrentCalls, TCall, CancellationToken, Task<CallStanding>> standing
    )
        where TCall : class
    {
        call.UseInProcessAnswers(context.GetRequiredService<InProcessQueues>());
        call.UsePartitioner(lines, delivery => collector(delivery.Message));
        call.UseFilter(new CurrentCallFilter<TCall>(standing, context.GetRequiredService<ICurrentCalls>()));
    }
}

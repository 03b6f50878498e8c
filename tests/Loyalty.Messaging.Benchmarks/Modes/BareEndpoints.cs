using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Worker.Endpoints;
using MassTransit;

namespace Loyalty.Messaging.Benchmarks.Modes;

/// <summary>The worker's queues without the outbox: every line but that one is as in the worker.</summary>
internal static class BareEndpoints
{
    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options)
    {
        AddSaga<IssuanceState>(bus, context, options, IssuerQueues.Issuance, WireNames.OrderCompleted);
        AddSaga<ReversalState>(bus, context, options, IssuerQueues.Reversal, WireNames.OrderRefunded);
        foreach (var queue in new IssuerQueues(options.Partitions).Names)
            bus.ReceiveEndpoint(queue, endpoint => IssuerEndpoints.Configure(context, endpoint, lane: null, countInterrupted: false));
    }

    static void AddSaga<TSaga>(
        IBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        RabbitMqOptions options,
        string queue,
        string exchange
    )
        where TSaga : class, ISaga =>
        bus.ReceiveEndpoint(
            queue,
            endpoint =>
            {
                endpoint.UseWorkQueue(options.Prefetch);
                endpoint.Subscribe(exchange);
                endpoint.UseSagaRetry();
                endpoint.ConfigureSaga<TSaga>(context);
            }
        );
}

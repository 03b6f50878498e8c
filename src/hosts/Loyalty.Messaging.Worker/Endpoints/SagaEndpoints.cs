using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Orders, and refunds' claims on them; refunds, and the answers of their orders.</summary>
internal static class SagaEndpoints
{
    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options)
    {
        var lanes = context.GetRequiredService<SagaLanes>();
        Add<IssuanceState>(bus, context, options, IssuerQueues.Issuance, WireNames.OrderCompleted, lanes.Issuance);
        Add<ReversalState>(bus, context, options, IssuerQueues.Reversal, WireNames.OrderRefunded, lanes.Reversal);
    }

    static void Add<TSaga>(
        IBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        RabbitMqOptions options,
        string queue,
        string @event,
        Lane lane
    )
        where TSaga : class, SagaStateMachineInstance =>
        bus.ReceiveEndpoint(
            queue,
            endpoint =>
            {
                endpoint.UseWorkQueue(options.Prefetch, context.GetRequiredService<InProcessQueues>(), lane);
                endpoint.Subscribe(@event);
                endpoint.UseInterruptedDeliveries(context);
                endpoint.UseSagaRetry();
                endpoint.UseEntityFrameworkOutbox<LoyaltyDbContext>(context, groupCommit: true);
                endpoint.UseRecordedDecisions(context);
                endpoint.ConfigureSaga<TSaga>(context);
            }
        );
}

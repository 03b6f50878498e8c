using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Refunds, and the answers of their orders.</summary>
internal static class ReversalEndpoint
{
    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options) =>
        bus.ReceiveEndpoint(
            IssuerQueues.Reversal,
            endpoint =>
            {
                endpoint.UseWorkQueue(
                    options.Prefetch,
                    context.GetRequiredService<InProcessQueues>(),
                    context.GetRequiredService<SagaLanes>().Reversal
                );
                endpoint.Subscribe(WireNames.OrderRefunded);
                endpoint.UseInterruptedDeliveries(context);
                endpoint.UseSagaRetry();
                endpoint.UseEntityFrameworkOutbox<LoyaltyDbContext>(context, groupCommit: true);
                endpoint.UseRecordedDecisions(context);
                endpoint.ConfigureSaga<ReversalState>(context);
            }
        );
}

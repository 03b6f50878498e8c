using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Store;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Orders, and refunds' claims on them.</summary>
internal static class IssuanceEndpoint
{
    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options) =>
        bus.ReceiveEndpoint(
            IssuerQueues.Issuance,
            endpoint =>
            {
                endpoint.UseWorkQueue(
                    options.Prefetch,
                    context.GetRequiredService<InProcessQueues>(),
                    context.GetRequiredService<SagaLanes>().Issuance
                );
                endpoint.Subscribe(WireNames.OrderCompleted);
                endpoint.UseInterruptedDeliveries(context);
                endpoint.UseSagaRetry();
                endpoint.UseEntityFrameworkOutbox<LoyaltyDbContext>(context, groupCommit: true);
                endpoint.UseRecordedDecisions(context);
                endpoint.ConfigureSaga<IssuanceState>(context);
            }
        );
}

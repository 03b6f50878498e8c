using Loyalty.Messaging.Delivery;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Store.Calls;
using Loyalty.Messaging.Store.Decisions;
using Loyalty.Messaging.Store.Interrupted;
using Loyalty.Messaging.Worker.AmCash;
using Loyalty.Messaging.Worker.Endpoints;
using MassTransit;

namespace Loyalty.Messaging.Worker;

/// <summary>What the worker's bus carries.</summary>
internal static class BusContents
{
    public static void Add(IBusRegistrationConfigurator bus, IConfiguration configuration)
    {
        bus.AddEntityFrameworkOutbox<LoyaltyDbContext>(outbox =>
        {
            configuration.GetSection("Outbox").Bind(outbox);
            if (outbox.Validate().FirstOrDefault() is { } mistake)
                throw new ConfigurationMistakeException(mistake);
        });
        bus.AddSagaStateMachine<IssuanceStateMachine, IssuanceState>()
            .EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<LoyaltyDbContext>();
                repository.Journal(saga => new JournalSubject(saga.OrderId, null, saga.CurrentState));
            });
        bus.AddSagaStateMachine<ReversalStateMachine, ReversalState>()
            .EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<LoyaltyDbContext>();
                repository.Journal(saga => new JournalSubject(saga.OrderId, saga.RefundId, saga.CurrentState));
            });
        bus.AddCalls();
        bus.AddRecordedDecisions();
        bus.AddInterruptedDeliveries();
        IssuerEndpoints.AddConsumers(bus);
        bus.AddConsumer<RunEchoConsumer>();
        bus.AddConsumer<InquireBalanceConsumer>();
    }
}

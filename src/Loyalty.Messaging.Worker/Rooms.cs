using Loyalty.Messaging.Persistence;
using Loyalty.Messaging.Persistence.Outbox;
using Loyalty.Messaging.Persistence.SagaRepository;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;

namespace Loyalty.Messaging.Worker;

/// <summary>What the worker's bus carries.</summary>
internal static class Rooms
{
    public static void Add(IBusRegistrationConfigurator bus)
    {
        bus.AddEntityFrameworkOutbox<LoyaltyDbContext>();
        bus.AddSagaStateMachine<IssuanceStateMachine, IssuanceState>().EntityFrameworkRepository(repository =>
        {
            repository.ExistingDbContext<LoyaltyDbContext>();
            repository.Journal(saga => new JournalSubject(saga.OrderId, null, saga.CurrentState));
        });
        bus.AddSagaStateMachine<ReversalStateMachine, ReversalState>().EntityFrameworkRepository(repository =>
        {
            repository.ExistingDbContext<LoyaltyDbContext>();
            repository.Journal(saga => new JournalSubject(saga.OrderId, saga.RefundId, saga.CurrentState));
        });
        bus.AddConsumer<IssueMilesConsumer>();
        bus.AddConsumer<ReverseMilesConsumer>();
    }
}

using Loyalty.Messaging.Delivery.SagaRows;
using Loyalty.Messaging.Delivery.Transactions;
using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace Loyalty.Messaging.Delivery.SagaRepository;

/// <summary>
/// Hands out the rows that the session has locked and notes what is to become of them; the session writes them when the delivery ends.
/// </summary>
internal sealed class SessionSagaRepositoryContext<TSaga, TMessage>(
    DeliverySession session,
    SagaTable<TSaga> table,
    ConsumeContext<TMessage> context,
    ISagaConsumeContextFactory<DeliverySession, TSaga> contexts
) : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance)
    {
        session.Add(table.Added(instance));
        return contexts.CreateSagaConsumeContext(session, this, instance, SagaConsumeContextMode.Add);
    }

    /// <summary>Null when the row is there already.</summary>
    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance)
    {
        if (Find(instance.CorrelationId) is not null)
            return null!;
        var change = table.Added(instance);
        change.Store();
        session.Add(change);
        return await contexts.CreateSagaConsumeContext(session, this, instance, SagaConsumeContextMode.Insert);
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId) =>
        Find(correlationId) is { } change
            ? await contexts.CreateSagaConsumeContext(session, this, change.Instance, SagaConsumeContextMode.Load)
            : null!;

    public Task Save(SagaConsumeContext<TSaga> context) => Note(context, change => change.Store());

    public Task Update(SagaConsumeContext<TSaga> context) => Note(context, change => change.Store());

    public Task Delete(SagaConsumeContext<TSaga> context) => Note(context, change => change.Delete());

    public Task Discard(SagaConsumeContext<TSaga> context) => Note(context, change => change.Leave());

    public Task Undo(SagaConsumeContext<TSaga> context) => Note(context, change => change.Leave());

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext,
        TSaga instance,
        SagaConsumeContextMode mode
    )
        where T : class => contexts.CreateSagaConsumeContext(session, consumeContext, instance, mode);

    Task Note(SagaConsumeContext<TSaga> context, Action<SagaChange<TSaga>> note)
    {
        note(
            Find(context.Saga.CorrelationId)
                ?? throw new SagaException("The instance is not of this delivery", typeof(TSaga), typeof(TMessage))
        );
        return Task.CompletedTask;
    }

    SagaChange<TSaga>? Find(Guid id)
    {
        foreach (var change in session.Changes)
            if (change.Id == id && change is SagaChange<TSaga> found)
                return found;
        return null;
    }
}

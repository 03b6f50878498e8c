using Loyalty.Messaging.Delivery.SagaRows;
using Loyalty.Messaging.Delivery.Transactions;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Delivery.SagaRepository;

/// <summary>
/// MassTransit's seam for a saga store. By correlation id it locks one row; by query it finds the ids with EF and locks those rows.
/// The delivery's session does the work; an endpoint without the outbox gets a session of its own for each message.
/// </summary>
internal sealed class SessionSagaRepositoryContextFactory<TSaga, TDbContext>(
    DeliveryTransactions transactions,
    SagaTable<TSaga> table,
    IServiceProvider services,
    ISagaConsumeContextFactory<DeliverySession, TSaga> contexts
) : ISagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    /// <summary>Only queries need it: a delivery by id is spared the making of a context.</summary>
    TDbContext Db => services.GetRequiredService<TDbContext>();

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        var id = context.CorrelationId ?? throw new SagaException("The message has no correlation id", typeof(TSaga), typeof(T));
        // Begun before the saga's policy is asked: a duplicate leaves here quietly instead of as a fault.
        return WithinSession(
            context,
            session =>
                transactions.RunAsync(
                    session,
                    table,
                    [id],
                    () => next.Send(new SessionSagaRepositoryContext<TSaga, T>(session, table, context, contexts)),
                    context.CancellationToken
                )
        );
    }

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        WithinSession(
            context,
            async session =>
            {
                var ids = await Ids(query).ToArrayAsync(context.CancellationToken);
                await transactions.RunAsync(
                    session,
                    table,
                    ids,
                    () => next.Send(Loaded(session, context, query)),
                    context.CancellationToken
                );
            }
        );

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class => asyncMethod(new ReadOnlyContext(this, cancellationToken));

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class => asyncMethod(new ReadOnlyContext(this, cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", "entity-framework");

    IQueryable<Guid> Ids(ISagaQuery<TSaga> query) =>
        Db.Set<TSaga>().AsNoTracking().Where(query.FilterExpression).Select(saga => saga.CorrelationId);

    /// <summary>Between the query and the lock an instance may have changed so that it no longer matches.</summary>
    LoadedSagaRepositoryQueryContext<TSaga, T> Loaded<T>(DeliverySession session, ConsumeContext<T> context, ISagaQuery<TSaga> query)
        where T : class
    {
        var matches = query.FilterExpression.Compile();
        var instances = session.Changes.OfType<SagaChange<TSaga>>().Select(change => change.Instance).Where(matches);
        return new(new SessionSagaRepositoryContext<TSaga, T>(session, table, context, contexts), instances);
    }

    static async Task WithinSession<T>(ConsumeContext<T> context, Func<DeliverySession, Task> act)
        where T : class
    {
        if (context.TryGetPayload(out DeliverySession? session))
        {
            await act(session);
            return;
        }
        var output = new DeliveryOutput(typeof(T).Name, context.MessageId ?? NewId.NextGuid(), context.ReceiveContext.Redelivered);
        using var own = new DeliverySession(output, Guid.Empty) { WithoutInbox = true };
        await act(own);
    }

    sealed class ReadOnlyContext(SessionSagaRepositoryContextFactory<TSaga, TDbContext> factory, CancellationToken cancellationToken)
        : BasePipeContext(cancellationToken),
            QuerySagaRepositoryContext<TSaga>,
            LoadSagaRepositoryContext<TSaga>
    {
        public async Task<SagaRepositoryQueryContext<TSaga>> Query(
            ISagaQuery<TSaga> query,
            CancellationToken cancellationToken = default
        ) => new DefaultSagaRepositoryQueryContext<TSaga>(this, await factory.Ids(query).ToArrayAsync(cancellationToken));

        public Task<TSaga> Load(Guid correlationId) =>
            factory.Db.Set<TSaga>().AsNoTracking().SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, CancellationToken)!;
    }
}

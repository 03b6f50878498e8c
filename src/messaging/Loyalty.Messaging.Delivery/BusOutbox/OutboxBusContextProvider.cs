using MassTransit;
using MassTransit.DependencyInjection;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Delivery.BusOutbox;

/// <summary>Inside a delivery the delivery's own outbox counts; everywhere else the scope's context does.</summary>
internal sealed class OutboxBusContextProvider<TBus, TDbContext> : IScopedBusContextProvider<TBus>
    where TBus : class, IBus
    where TDbContext : DbContext
{
    public OutboxBusContextProvider(
        TBus bus,
        TDbContext dbContext,
        Bind<TBus, IClientFactory> clients,
        Bind<TBus, IScopedConsumeContextProvider> consuming,
        IServiceProvider services,
        TimeProvider time
    ) =>
        Context = consuming.Value.HasContext
            ? new ConsumeContextScopedBusContext(consuming.Value.GetContext(), clients.Value)
            : new OutboxBusContext<TBus, TDbContext>(bus, dbContext, clients.Value, services, time);

    public ScopedBusContext Context { get; }
}

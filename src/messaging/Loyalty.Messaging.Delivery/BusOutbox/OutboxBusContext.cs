using Loyalty.Messaging.Delivery.Outbox;
using MassTransit;
using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Delivery.BusOutbox;

/// <summary>
/// What a scope outside of deliveries sends (a web request, a job) is added to its context as a row and committed by its
/// <c>SaveChanges</c>;
/// the sweeper sends it right after.
/// </summary>
internal sealed class OutboxBusContext<TBus, TDbContext>(
    TBus bus,
    TDbContext dbContext,
    IClientFactory clients,
    IServiceProvider services,
    TimeProvider time
) : ScopedBusContext, OutboxSendContext
    where TBus : class, IBus
    where TDbContext : DbContext
{
    readonly Guid _stream = NewId.NextGuid();

    public ISendEndpointProvider SendEndpointProvider => field ??= new OutboxSendEndpointProvider(this, bus);

    public IPublishEndpoint PublishEndpoint => field ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    public IScopedClientFactory ClientFactory =>
        field ??= new ScopedClientFactory(new ClientFactory(new ScopedClientFactoryContext(clients, services)), null);

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        var now = time.GetUtcNow();
        var row = CapturedMessage.Of(context, now, TimeSpan.Zero).Row;
        row.Stream = _stream;
        row.DueAt = now + row.DueIn;
        dbContext.Set<OutboxMessage>().Add(row);
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => services.GetService(serviceType);
}

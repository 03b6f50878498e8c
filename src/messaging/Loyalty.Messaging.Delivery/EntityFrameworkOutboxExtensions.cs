using Loyalty.Messaging.Delivery.BusOutbox;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Deliveries;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Retention;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.Delivery.Transactions;
using MassTransit;
using MassTransit.DependencyInjection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Loyalty.Messaging.Delivery;

/// <summary>Registration in the words of the official Entity Framework package.</summary>
public static class EntityFrameworkOutboxExtensions
{
    /// <summary>Adds the transactional outbox over a context that maps <see cref="Maps.Mapping.AddTransactionalOutboxEntities"/>.</summary>
    public static void AddEntityFrameworkOutbox<TDbContext>(
        this IBusRegistrationConfigurator configurator,
        Action<OutboxOptions>? configure = null
    )
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        var options = new OutboxOptions();
        configure?.Invoke(options);
        if (options.Validate().FirstOrDefault() is { } mistake)
            throw new ArgumentException(mistake, nameof(configure));
        configurator.TryAddSingleton(TimeProvider.System);
        configurator.TryAddSingleton(options);
        configurator.AddDeliveryDatabase<TDbContext>();
        configurator.TryAddSingleton<DeliveryDatabase>(services => services.GetRequiredService<DeliveryDatabase<TDbContext>>());
        configurator.TryAddSingleton<DeliveredMessages>();
        configurator.TryAddSingleton<OutboxDelivery>();
        configurator.TryAddSingleton<OutboxSweeper>();
        // Hosted services stop in reverse: the bus stops first, then what it delivered is removed.
        configurator.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => services.GetRequiredService<DeliveredMessages>()));
        // And they start in order: the keeper holds deliveries back before the bus brings the first.
        configurator.Insert(0, ServiceDescriptor.Singleton<IHostedService, PartitionKeeper>());
        configurator.AddSingleton<IHostedService>(services => services.GetRequiredService<OutboxSweeper>());
        configurator.AddSingleton<IHostedService, OutboxVacuum>();
        if (options.BusOutbox)
        {
            configurator.ReplaceScoped<IScopedBusContextProvider<IBus>, OutboxBusContextProvider<IBus, TDbContext>>();
            configurator.AddSingleton<WakeSweeper>();
            configurator.ConfigureDbContext<TDbContext>(
                (services, context) => context.AddInterceptors(services.GetRequiredService<WakeSweeper>())
            );
        }
    }

    /// <summary>
    /// Gives every saga and consumer of this endpoint one transaction per delivery: inbox, state, journal and outgoing messages. Put
    /// retries before it.
    /// </summary>
    /// <param name="groupCommit">
    /// Lets deliveries that come at the same time share a transaction, unless <see cref="OutboxOptions.GroupCommit"/> forbids it. Only for
    /// sagas that change themselves and send, and do nothing else: a handler that waits for something holds up the others for up to a
    /// second, and is then run again.
    /// </param>
    public static void UseEntityFrameworkOutbox<TDbContext>(
        this IReceiveEndpointConfigurator configurator,
        IRegistrationContext context,
        bool groupCommit = false
    )
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        groupCommit &= context.GetRequiredService<OutboxOptions>().GroupCommit;
        var observer = new DeliveryFilterObserver(
            context.GetRequiredService<DeliveryDatabase<TDbContext>>(),
            context.GetRequiredService<DeliveryTransactions>(),
            configurator,
            context,
            groupCommit
        );
        configurator.ConnectConsumerConfigurationObserver(observer);
        configurator.ConnectSagaConfigurationObserver(observer);
    }

    internal static void AddDeliveryDatabase<TDbContext>(this IServiceCollection services)
        where TDbContext : DbContext
    {
        services.TryAddSingleton(DeliveryDatabase<TDbContext>.Of);
        services.TryAddSingleton(provider =>
        {
            var database = provider.GetRequiredService<DeliveryDatabase<TDbContext>>();
            var options = provider.GetService<OutboxOptions>() ?? new OutboxOptions();
            return new DeliveryTransactions(database, new InboxTable(options.InboxDays), new JournalTable(database.Model));
        });
    }
}

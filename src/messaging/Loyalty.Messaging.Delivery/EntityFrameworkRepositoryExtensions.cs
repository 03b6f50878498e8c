using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.SagaRepository;
using Loyalty.Messaging.Delivery.SagaRows;
using Loyalty.Messaging.Delivery.Transactions;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Loyalty.Messaging.Delivery;

/// <summary>Registration in the words of the official Entity Framework package.</summary>
public static class EntityFrameworkRepositoryExtensions
{
    public static ISagaRegistrationConfigurator<TSaga> EntityFrameworkRepository<TSaga>(
        this ISagaRegistrationConfigurator<TSaga> configurator,
        Action<EntityFrameworkRepositoryConfigurator<TSaga>> configure
    )
        where TSaga : class, ISaga
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ArgumentNullException.ThrowIfNull(configure);
        var repository = new EntityFrameworkRepositoryConfigurator<TSaga>();
        configure(repository);
        configurator.Repository(services => repository.Register(services));
        return configurator;
    }
}

/// <summary>How one saga is kept.</summary>
public sealed class EntityFrameworkRepositoryConfigurator<TSaga>
    where TSaga : class, ISaga
{
    Action<IServiceCollection>? _register;
    Func<TSaga, JournalSubject>? _subject;

    /// <summary>The context whose model maps the saga; it is registered elsewhere with <c>AddDbContext</c>.</summary>
    public void ExistingDbContext<TDbContext>()
        where TDbContext : DbContext =>
        _register = services =>
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddDeliveryDatabase<TDbContext>();
            services.TryAddSingleton(provider => new SagaTable<TSaga>(
                provider.GetRequiredService<DeliveryDatabase<TDbContext>>().Model,
                _subject
            ));
            services.RegisterLoadSagaRepository<TSaga, SessionSagaRepositoryContextFactory<TSaga, TDbContext>>();
            services.RegisterQuerySagaRepository<TSaga, SessionSagaRepositoryContextFactory<TSaga, TDbContext>>();
            services.RegisterSagaRepository<
                TSaga,
                DeliverySession,
                SagaConsumeContextFactory<DeliverySession, TSaga>,
                SessionSagaRepositoryContextFactory<TSaga, TDbContext>
            >();
        };

    /// <summary>Writes a journal entry with every delivery to this saga.</summary>
    public void Journal(Func<TSaga, JournalSubject> subject) => _subject = subject;

    internal void Register(IServiceCollection services) =>
        (_register ?? throw new ConfigurationException($"The repository of {typeof(TSaga).Name} needs ExistingDbContext<TDbContext>()"))(
            services
        );
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Transactions;

/// <summary>
/// The database of a <c>DbContext</c> as deliveries use it: the context's model for the mapping, its own pool of prepared connections for the work.
/// </summary>
internal class DeliveryDatabase : IAsyncDisposable
{
    protected DeliveryDatabase(string connectionString, IModel model, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "loyalty-deliveries",
            // More connections bring nothing: a delivery is two short round trips, and who waits for one waits milliseconds.
            MaxPoolSize = 16,
            MaxAutoPrepare = 96,
            AutoPrepareMinUsages = 2,
            // Nothing a delivery does outlives its transaction, so there is nothing to discard when a connection goes back.
            NoResetOnClose = true,
            // A lock that is held longer than this belongs to a process that hangs; the delivery comes again.
            CommandTimeout = 15,
            Enlist = false,
        };
        ConnectionString = connectionString;
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build();
        Model = model;
        Time = time;
        Gate = new DatabaseGate(Source, time, loggers.CreateLogger<DatabaseGate>());
    }

    /// <summary>As configured, for work outside deliveries.</summary>
    public string ConnectionString { get; }
    public NpgsqlDataSource Source { get; }
    public IModel Model { get; }
    public TimeProvider Time { get; }
    public DatabaseGate Gate { get; }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}

/// <inheritdoc/>
internal sealed class DeliveryDatabase<TDbContext> : DeliveryDatabase where TDbContext : DbContext
{
    DeliveryDatabase(string connectionString, IModel model, TimeProvider time, ILoggerFactory loggers) : base(connectionString, model, time, loggers)
    {
    }

    public static DeliveryDatabase<TDbContext> Of(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TDbContext>();
        var connectionString = context.Database.GetConnectionString()
            ?? throw new InvalidOperationException($"{typeof(TDbContext).Name} must be configured with UseNpgsql and a connection string");
        return new(connectionString, context.Model, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>());
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// The database of a <c>DbContext</c> as deliveries use it: the context's model for the mapping, its own pool of prepared connections for
/// the work.
/// </summary>
public class DeliveryDatabase : IAsyncDisposable
{
    private protected DeliveryDatabase(string connectionString, IModel model, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "loyalty-deliveries",
            // More connections bring nothing: a delivery is two short round trips, and waiting for one takes milliseconds.
            MaxPoolSize = 16,
            MaxAutoPrepare = 96,
            AutoPrepareMinUsages = 2,
            // Nothing a delivery does outlives its transaction, so there is nothing to discard when a connection goes back.
            NoResetOnClose = true,
            // A server that takes longer hangs; the delivery comes again.
            CommandTimeout = 15,
            Enlist = false,
        };
        ConnectionString = connectionString;
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers);
        source.UsePhysicalConnectionInitializer(Prepare, PrepareAsync);
        Source = source.Build();
        Model = model;
        Time = time;
        Gate = new DatabaseGate(Source, time, loggers.CreateLogger<DatabaseGate>());
    }

    /// <summary>
    /// Every statement of a delivery finds its rows by an index, however large or small the tables are just now: plans are made once and
    /// never change with the statistics. And nobody waits long for a process that stands still with rows locked: its transaction is ended,
    /// and whoever waits tries again.
    /// The outbox is vacuumed at the pace of the server's own vacuum.
    /// </summary>
    const string Session = """
        SET plan_cache_mode = force_generic_plan; SET jit = off;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
        SET lock_timeout = '2s'; SET idle_in_transaction_session_timeout = '10s'; SET vacuum_cost_delay = '2ms'
        """;

    /// <summary>As configured, for work outside deliveries.</summary>
    public string ConnectionString { get; }
    public NpgsqlDataSource Source { get; }
    internal IModel Model { get; }
    public TimeProvider Time { get; }
    public DatabaseGate Gate { get; }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    static void Prepare(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Session, connection);
        command.ExecuteNonQuery();
    }

    static async Task PrepareAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Session, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <inheritdoc/>
public sealed class DeliveryDatabase<TDbContext> : DeliveryDatabase
    where TDbContext : DbContext
{
    DeliveryDatabase(string connectionString, IModel model, TimeProvider time, ILoggerFactory loggers)
        : base(connectionString, model, time, loggers) { }

    internal static DeliveryDatabase<TDbContext> Of(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TDbContext>();
        var connectionString =
            context.Database.GetConnectionString()
            ?? throw new InvalidOperationException($"{typeof(TDbContext).Name} must be configured with UseNpgsql and a connection string");
        return new(
            connectionString,
            context.Model,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>()
        );
    }
}

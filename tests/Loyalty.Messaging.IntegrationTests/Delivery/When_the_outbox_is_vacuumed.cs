using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>What was delivered leaves room for what comes, without the server's own vacuum, which comes once a minute at most.</summary>
public sealed class When_the_outbox_is_vacuumed : IAsyncLifetime
{
    /// <summary>Enough to be worth it.</summary>
    const int Wave = 2000;

    /// <summary>How its look at the table begins.</summary>
    const string Look = "SELECT pg_stat_get_dead_tuples";

    static readonly OutboxOptions Often = new() { VacuumDelay = TimeSpan.FromMilliseconds(50) };
    readonly Lines _lines = new();
    TestDatabase _database = null!;
    DeliveryDatabase? _deliveries;
    OutboxVacuum? _vacuum;
    int _deleted;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_vacuum is not null)
            await _vacuum.StopAsync(CancellationToken.None);
        _vacuum?.Dispose();
        if (_deliveries is not null)
            await _deliveries.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_does_not_grow_with_what_passes_through_it()
    {
        await MigrateAsync();
        await StartAsync(Often);
        await PassThroughAsync();
        var once = await PagesAsync();
        for (var wave = 0; wave < 4; wave++)
            await PassThroughAsync();
        Assert.InRange(await PagesAsync(), once, 1.5 * once);
    }

    [Fact]
    public async Task It_begins_when_there_is_a_table()
    {
        await StartAsync(Often);
        await SeeIdleAsync(Look);
        await MigrateAsync();
        await PassThroughAsync();
        Assert.Empty(_lines.Written);
    }

    [Fact]
    public async Task It_comes_when_most_of_the_table_is_deleted()
    {
        await MigrateAsync();
        await WriteAsync(2 * Wave);
        await DeleteAsync(Wave - 1);
        await StartAsync(Often);
        await SeeIdleAsync(Look);
        Assert.Equal(0, await StatisticAsync("vacuum_count"));
        await DeleteAsync(1);
        await SeeVacuumedAsync();
    }

    /// <summary>
    /// A table that others are about to change, or that another worker vacuums, is left alone: nobody waits in its line for locks, where
    /// deliveries would come to stand behind him.
    /// </summary>
    [Fact]
    public async Task It_waits_for_no_lock()
    {
        await MigrateAsync();
        await using (var other = new NpgsqlConnection(_database.ConnectionString))
        {
            await other.OpenAsync();
            await using var transaction = await other.BeginTransactionAsync();
            await using (var locking = new NpgsqlCommand("LOCK TABLE outbox IN SHARE UPDATE EXCLUSIVE MODE", other))
                await locking.ExecuteNonQueryAsync();
            await WriteAsync(Wave);
            await DeleteAsync(Wave);
            await StartAsync(Often);
            // It has come by, and does not stand and wait.
            await SeeIdleAsync("VACUUM");
            Assert.Equal(0, await StatisticAsync("vacuum_count"));
        }
        await SeeVacuumedAsync();
    }

    [Fact]
    public async Task What_goes_wrong_is_said_once_and_it_goes_on()
    {
        await MigrateAsync();
        var user = $"guest_{Guid.NewGuid():N}";
        await _database.RunAsync(
            $"CREATE ROLE {user} LOGIN PASSWORD 'guest'; REVOKE EXECUTE ON FUNCTION pg_stat_get_dead_tuples(oid) FROM public"
        );
        try
        {
            await StartAsync(
                Often,
                new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = user, Password = "guest" }.ConnectionString
            );
            await SeeIdleAsync(Look);
            await SeeIdleAsync(Look);
            Assert.StartsWith("Warning: ", Assert.Single(_lines.Written), StringComparison.Ordinal);
            await _database.RunAsync(
                $"GRANT EXECUTE ON FUNCTION pg_stat_get_dead_tuples(oid) TO public; ALTER TABLE outbox OWNER TO {user}"
            );
            await PassThroughAsync();
        }
        finally
        {
            await _database.RunAsync($"ALTER TABLE outbox OWNER TO CURRENT_USER; DROP OWNED BY {user}; DROP ROLE {user}");
        }
    }

    [Fact]
    public async Task Zero_leaves_it_to_the_server()
    {
        await MigrateAsync();
        await StartAsync(new OutboxOptions { VacuumDelay = TimeSpan.Zero });
        await _vacuum!.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(_lines.Written);
    }

    async Task MigrateAsync()
    {
        await Schema.MigrateAsync(_database.ConnectionString, CancellationToken.None);
        await _database.RunAsync("ALTER TABLE outbox SET (autovacuum_enabled = false)");
    }

    async Task StartAsync(OutboxOptions options, string? connectionString = null)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddDbContext<LoyaltyDbContext>(context => context.UseLoyaltyDatabase(connectionString ?? _database.ConnectionString))
            .BuildServiceProvider();
        _deliveries = DeliveryDatabase<LoyaltyDbContext>.Of(services);
        _vacuum = new OutboxVacuum(_deliveries, options, _lines);
        await _vacuum.StartAsync(CancellationToken.None);
    }

    async Task PassThroughAsync()
    {
        await WriteAsync(Wave);
        await DeleteAsync(Wave);
        await SeeVacuumedAsync();
    }

    Task WriteAsync(int rows) =>
        _database.RunAsync(
            $"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'exchange:nowhere', 'application/json', 'urn:message:nothing',
                '{"{}"}', decode(repeat('00', 1000), 'hex'), now(), now() + interval '1 hour'
            FROM generate_series(1, {rows})
            """
        );

    async Task DeleteAsync(int rows)
    {
        await _database.RunAsync($"DELETE FROM outbox WHERE id IN (SELECT id FROM outbox LIMIT {rows})");
        _deleted += rows;
        await Eventually.TrueAsync(async () => await StatisticAsync("n_tup_del") == _deleted, "what was deleted in the statistics");
    }

    Task SeeVacuumedAsync() => Eventually.TrueAsync(async () => await StatisticAsync("n_dead_tup") == 0, "a table without deleted rows");

    /// <summary>A statement that has come to its end since now, and was the last of its connection so far.</summary>
    async Task SeeIdleAsync(string statement)
    {
        var now = await _database.ScalarAsync<DateTime>("SELECT now()");
        await Eventually.TrueAsync(
            async () =>
                await _database.ScalarAsync<long>(
                    $"""
                    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '{statement}%'
                        AND state = 'idle' AND query_start > '{now:O}'
                    """
                ) > 0,
            statement
        );
    }

    Task<long> StatisticAsync(string name) =>
        _database.ScalarAsync<long>($"SELECT {name} FROM pg_stat_user_tables WHERE relname = 'outbox'");

    Task<long> PagesAsync() => _database.ScalarAsync<long>("SELECT pg_relation_size('outbox') / 8192");

    sealed class Lines : ILogger<OutboxVacuum>
    {
        readonly List<string> _written = [];

        public IReadOnlyList<string> Written => _written;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _written.Add($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
    }
}

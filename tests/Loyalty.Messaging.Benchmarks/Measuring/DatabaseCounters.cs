using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>What PostgreSQL has counted for one database, asked from another one, so that asking is not counted.</summary>
internal sealed class DatabaseCounters(NpgsqlDataSource administration, string database) : IAsyncDisposable
{
    /// <summary>A backend that has become idle writes its statistics after 10 seconds.</summary>
    static readonly TimeSpan IdleFlush = TimeSpan.FromSeconds(10.5);

    /// <summary>What a worker at rest commits in a second, more or less: its sweeper looks into the outbox now and then.</summary>
    const int CommitsAtRest = 8;

    public static async Task<DatabaseCounters> OpenAsync(string database)
    {
        var counters = new DatabaseCounters(NpgsqlDataSource.Create(Servers.Current.Postgres), database);
        await counters.RunAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        return counters;
    }

    /// <summary>
    /// Statements, those of <see cref="Marked"/> left out. <c>BEGIN</c> and <c>COMMIT</c> are not among them: the extension does not count
    /// them when they are prepared.
    /// </summary>
    public Task<long> StatementsAsync() =>
        ScalarAsync(
            $"""
            SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1
                AND query NOT LIKE '%{Marked}%'
            """
        );

    public Task<long> WalBytesAsync() => ScalarAsync("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint WHERE $1 <> ''");

    /// <summary>Commits as far as the backends have told.</summary>
    public Task<long> CommitsAsync() => ScalarAsync("SELECT xact_commit FROM pg_stat_database WHERE datname = $1");

    /// <summary>
    /// Commits after everybody has told of theirs: once the workers have been idle for long enough, and the count stands still.
    /// </summary>
    public async Task<long> SettledCommitsAsync(int workers)
    {
        await Task.Delay(IdleFlush, TimeProvider.System);
        for (var before = await CommitsAsync(); ; )
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            var now = await CommitsAsync();
            if (now - before <= CommitsAtRest * workers)
                return now;
            before = now;
        }
    }

    /// <summary>Waits until nobody is connected: a backend tells of its commits when it ends.</summary>
    public Task DesertedAsync() =>
        Eventually.SeeAsync(
            () => ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'"),
            count => count == 0,
            "the database to be deserted"
        );

    /// <summary>Stands in every query that the bench itself makes in the measured database.</summary>
    public const string Marked = "/* bench */";

    public ValueTask DisposeAsync() => administration.DisposeAsync();

    async Task<long> ScalarAsync(string sql)
    {
        await using var command = administration.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = database });
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }

    async Task RunAsync(string sql)
    {
        await using var command = administration.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

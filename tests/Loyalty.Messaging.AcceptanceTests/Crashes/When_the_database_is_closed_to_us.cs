using System.Net;
using System.Net.Http.Json;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// The database is there and lets nobody work: that is no fault of any message. Afterwards everybody goes on by himself, worker and ops.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_the_database_is_closed_to_us
{
    /// <summary>One after the other: what closes it and what opens it again. {0} is the database, {1} our role.</summary>
    static readonly Outage[] Outages =
    [
        new("another password", "ALTER ROLE {1} PASSWORD 'another'", "ALTER ROLE {1} PASSWORD 'first'"),
        new("another name", "ALTER DATABASE {0} RENAME TO {0}_elsewhere", "ALTER DATABASE {0}_elsewhere RENAME TO {0}"),
        new("read-only", "ALTER ROLE {1} SET default_transaction_read_only = on", "ALTER ROLE {1} RESET default_transaction_read_only"),
        new("no connection left", "ALTER ROLE {1} CONNECTION LIMIT 0", "ALTER ROLE {1} CONNECTION LIMIT -1"),
        new("no right", "REVOKE {2} FROM {1}", "GRANT {2} TO {1}"),
        new("no login", "ALTER ROLE {1} NOLOGIN", "ALTER ROLE {1} LOGIN"),
        new(
            "disk full",
            WhenWritten("RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'"),
            WhenWritten("NULL"),
            Inside: true
        ),
        new(
            "too slow for its own time limit",
            $"{WhenWritten("PERFORM pg_sleep(0.3)")}; ALTER ROLE {{1}} SET statement_timeout = '100ms'",
            $"{WhenWritten("NULL")}; ALTER ROLE {{1}} RESET statement_timeout",
            Inside: true
        ),
        // As CREATE INDEX locks it, and for longer than anybody waits for a lock.
        new("a table locked", "BEGIN; LOCK TABLE outbox IN SHARE MODE", "COMMIT", Inside: true),
    ];

    [Fact]
    public async Task Nothing_is_given_up_and_everybody_goes_on_by_himself()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var database = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        var role = $"role_of_{database.Database}";
        await AdministerAsync($"CREATE ROLE {role} LOGIN PASSWORD 'first'; GRANT {database.Username} TO {role}");
        try
        {
            await system.Database.RunAsync($"{WhenWritten("NULL")}; {WatchEveryTable}");
            system.Settings["ConnectionStrings__Loyalty"] = new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Username = role,
                Password = "first",
            }.ConnectionString;
            var (worker, workerAddress) = system.LaunchWorker(system.WorkerSettings());
            var ops = await system.StartOpsAsync();
            using var http = new HttpClient();
            await Readiness.IsAsync(true, workerAddress, "the worker to be ready");
            var orders = 0;
            var cost = new OutageCost(system.Applications);
            foreach (var (what, close, open, inside) in Outages)
            {
                string Sql(string template) =>
                    template
                        .Replace("{0}", database.Database, StringComparison.Ordinal)
                        .Replace("{1}", role, StringComparison.Ordinal)
                        .Replace("{2}", database.Username, StringComparison.Ordinal);

                NpgsqlConnection.ClearAllPools();
                await AdministerAsync(
                    $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Database}' AND usename <> '{role}'"
                );
                await using var administrator = await AdministratorAsync(
                    inside ? system.Database.ConnectionString : Servers.Current.Postgres
                );
                cost.Closed();
                await CloseAsync(administrator, Sql(close), role);
                await PublishAsync(system, orders, 20);
                await Readiness.IsAsync(false, workerAddress, $"{what}: the worker to say no");
                await Readiness.IsAsync(false, ops, $"{what}: ops to say no");
                // Longer than all tries of a delivery together, which is when it would have been given up.
                await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
                Assert.False(worker.HasExited, $"{what}: the worker has ended: {worker.Output}");
                cost.Opened();
                await RunAsync(administrator, Sql(open));

                await Readiness.IsAsync(true, workerAddress, $"{what}: the worker to be ready again");
                await Readiness.IsAsync(true, ops, $"{what}: ops to be ready again");
                orders += 20;
                var expected = orders;
                await Eventually.SeeAsync(
                    () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
                    issued => issued == expected,
                    $"{what}: every order issued",
                    Readiness.Soon
                );
                using var answer = await Eventually.SeeAsync(
                    () => http.PostAsJsonAsync(new Uri(ops, $"/api/v1/orders/D-{orders - 1}/reveal"), new { reason = what }),
                    answered => answered.StatusCode == HttpStatusCode.OK,
                    $"{what}: ops to write again",
                    Readiness.Soon
                );
                cost.Recovered();
                Assert.Equal(0, await system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter"));
            }
            await Agreement.HoldsAsync(system);
            Assert.Empty(system.DeadLetters.All);
            cost.WasKept();
        }
        finally
        {
            foreach (var application in system.Applications)
                await application.KillAsync();
            await AdministerAsync($"DROP ROLE {role}");
        }
    }

    /// <summary>What happens when a row is written, to whichever table.</summary>
    static string WhenWritten(string act) =>
        $"CREATE OR REPLACE FUNCTION written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {act}; RETURN NEW; END $$";

    const string WatchEveryTable = """
        DO $$ DECLARE watched text; BEGIN
            FOR watched IN SELECT oid::regclass FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            LOOP
                EXECUTE format('CREATE TRIGGER written BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION written()', watched);
            END LOOP;
        END $$
        """;

    /// <summary>And ends the sessions: they would keep what they were let in with. A rename waits until nobody is in.</summary>
    static Task CloseAsync(NpgsqlConnection administrator, string close, string role) =>
        Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
                    await RunAsync(administrator, close);
                    await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
                    return true;
                }
                catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
                {
                    return false;
                }
            },
            "the database to be closed",
            Readiness.Soon
        );

    static async Task PublishAsync(LoyaltySystem system, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"D-{number}", $"8008{number:0000000}"));
    }

    static async Task AdministerAsync(string sql)
    {
        await using var administrator = await AdministratorAsync(Servers.Current.Postgres);
        await RunAsync(administrator, sql);
    }

    static async Task<NpgsqlConnection> AdministratorAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    static async Task RunAsync(NpgsqlConnection administrator, string sql)
    {
        await using var command = new NpgsqlCommand(sql, administrator);
        await command.ExecuteNonQueryAsync();
    }

    /// <param name="Inside">By an administrator who is in our database meanwhile; otherwise from outside.</param>
    sealed record Outage(string What, string Close, string Open, bool Inside = false);
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>The database is there and lets nobody work: that is no fault of any message. Afterwards everybody goes on by himself, worker and ops.</summary>
public sealed partial class When_the_database_is_closed_to_us
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>By administration, one after the other: what closes it and what opens it again. {0} is the database, {1} our role.</summary>
    static readonly (string What, string Close, string Open)[] Doors =
    [
        ("another password", "ALTER ROLE {1} PASSWORD 'another'", "ALTER ROLE {1} PASSWORD 'first'"),
        ("another name", "ALTER DATABASE {0} RENAME TO {0}_elsewhere", "ALTER DATABASE {0}_elsewhere RENAME TO {0}"),
        ("read-only", "ALTER ROLE {1} SET default_transaction_read_only = on", "ALTER ROLE {1} RESET default_transaction_read_only"),
        ("no connection left", "ALTER ROLE {1} CONNECTION LIMIT 0", "ALTER ROLE {1} CONNECTION LIMIT -1"),
        ("no right", "REVOKE {2} FROM {1}", "GRANT {2} TO {1}"),
        ("no login", "ALTER ROLE {1} NOLOGIN", "ALTER ROLE {1} LOGIN"),
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
            system.Settings["ConnectionStrings__Loyalty"] = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "first" }.ConnectionString;
            var (worker, workerAddress) = system.LaunchWorker(system.WorkerSettings());
            var ops = await system.StartOpsAsync();
            using var http = new HttpClient();
            await ReadyAsync(http, workerAddress, true, "the worker to be ready");
            var orders = 0;
            var closed = TimeSpan.Zero;
            foreach (var (what, close, open) in Doors)
            {
                string Sql(string template) => template.Replace("{0}", database.Database, StringComparison.Ordinal).Replace("{1}", role, StringComparison.Ordinal)
                    .Replace("{2}", database.Username, StringComparison.Ordinal);

                NpgsqlConnection.ClearAllPools();
                await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Database}' AND usename <> '{role}'");
                var began = Stopwatch.GetTimestamp();
                await CloseAsync(Sql(close), role);
                await PublishAsync(system, orders, 20);
                await ReadyAsync(http, workerAddress, false, $"{what}: the worker to say no");
                await ReadyAsync(http, ops, false, $"{what}: ops to say no");
                // Longer than all tries of a delivery together, which is when it would have been given up.
                await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
                Assert.False(worker.HasExited, $"{what}: the worker has ended: {worker.Output}");
                await AdministerAsync(Sql(open));

                await ReadyAsync(http, workerAddress, true, $"{what}: the worker to be ready again");
                await ReadyAsync(http, ops, true, $"{what}: ops to be ready again");
                orders += 20;
                var expected = orders;
                await Eventually.SeeAsync(() => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"), issued => issued == expected, $"{what}: every order issued", Soon);
                using var answer = await Eventually.SeeAsync(() => http.PostAsJsonAsync(new Uri(ops, $"/api/v1/orders/D-{orders - 1}/reveal"), new { reason = what }),
                    answered => answered.StatusCode == HttpStatusCode.OK, $"{what}: ops to write again", Soon);
                closed += Stopwatch.GetElapsedTime(began);
                Assert.Equal(0, await system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter"));
            }
            await Agreement.HoldsAsync(system);
            Assert.Empty(system.DeadLetters.All);
            // A line a second at most; that a health check says no is said to whoever asks.
            foreach (var application in system.Applications)
            {
                var complaints = application.Output.Split('\n').Where(line => Complaint().IsMatch(line) && !line.Contains("HealthChecks", StringComparison.Ordinal)).ToList();
                Assert.True(complaints.Count <= (int)closed.TotalSeconds, $"{complaints.Count} lines in {closed.TotalSeconds:0} s:\n{string.Join('\n', complaints.Take(60))}");
            }
        }
        finally
        {
            foreach (var application in system.Applications)
                await application.KillAsync();
            await AdministerAsync($"DROP ROLE {role}");
        }
    }

    [GeneratedRegex(" (fail|crit|warn): ")]
    private static partial Regex Complaint();

    /// <summary>And ends the sessions: they would keep what they were let in with. A rename waits until nobody is in.</summary>
    static Task CloseAsync(string close, string role) => Eventually.TrueAsync(async () =>
    {
        try
        {
            await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
            await AdministerAsync(close);
            await AdministerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }, "the database to be closed", Soon);

    static Task ReadyAsync(HttpClient http, Uri address, bool ready, string what) => Eventually.TrueAsync(async () =>
    {
        using var answer = await http.GetAsync(new Uri(address, "/health/ready"));
        return answer.IsSuccessStatusCode == ready;
    }, what, Soon);

    static async Task PublishAsync(LoyaltySystem system, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"D-{number}", $"8008{number:0000000}"));
    }

    static async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Servers.Current.Postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

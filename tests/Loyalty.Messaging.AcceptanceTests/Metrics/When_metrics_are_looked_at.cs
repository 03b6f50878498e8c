using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Loyalty.Messaging.AcceptanceTests.AmCash;
using Loyalty.Messaging.AcceptanceTests.Decisions;
using Loyalty.Messaging.AcceptanceTests.IssuerAnswers;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.AcceptanceTests.Secrecy;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Metrics;

/// <summary>The table in deploy/README.md against running processes, over OTLP and at /metrics: nothing is missing in either.</summary>
public sealed class When_metrics_are_looked_at
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task They_are_those_of_the_table_by_both_ways_and_tell_what_has_happened()
    {
        await using var collector = new OtlpSink();
        await using var system = await LoyaltySystem.CreateAsync();
        CashSystem.Configure(system);
        foreach (
            var (key, value) in new Dictionary<string, string>(collector.Settings)
            {
                // Metrics alone: a message that is traced goes by way of the broker.
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
                ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = collector.Address + "v1/metrics",
                ["AirMiles__EchoInterval"] = "00:00:01",
                ["Timing__RetryDelays"] = "01:00:00",
                ["Timing__CallLostAfter"] = "00:00:04",
                ["Timing__OrderExpectedWithin"] = "00:00:01",
                ["Plausibility__MilesPerOrder"] = "1000",
            }
        )
            system.Settings[key] = value;
        var (workerAt, opsAt) = (Address(), Address());
        system.Settings["Metrics__Url"] = workerAt.ToString();
        await system.StartWorkerAsync();
        var ops = await system.StartOpsAsync(
            new Dictionary<string, string>(RunningSite.GuardedSettings())
            {
                ["Metrics__Url"] = opsAt.ToString(),
                ["Ops__Approval__Messages"] = "1",
                ["Ops__StuckAfter__Issuing"] = "00:00:01",
            }
        );

        await SettleAsync(system);
        await GoWrongAsync(system);
        await AskForTwoAsync(ops);

        var known = await Eventually.SeeAsync(
            () => FetchedMetrics.FromAsync(opsAt),
            seen =>
                seen.Sum("loyalty_saga_stuck", "kind=\"issue\"", "state=\"Issuing\"") == 2
                && seen.Sum("loyalty_outbox_parked") == 1
                && seen.Sum("loyalty_job_count", "state=\"AwaitingApproval\"") == 1
                && seen.Sum("loyalty_dead_letter_count") == 3,
            "ops to have seen it",
            Soon
        );
        Is(known, 2, "loyalty_saga_count", "kind=\"issue\"", "state=\"Rejected\"");
        Is(known, 1, "loyalty_saga_count", "kind=\"issue\"", "state=\"Held\"");
        Is(known, 1, "loyalty_saga_count", "kind=\"reverse\"", "state=\"Reversed\"");
        Is(known, 2, "loyalty_dead_letter_count", "owner=\"commerce\"");
        Is(known, 1, "loyalty_dead_letter_count", "owner=\"us\"");
        Is(known, 0, "loyalty_job_count", "state=\"Stopped\"");
        Is(known, 1, "loyalty_worker_count");
        Is(known, 0, "loyalty_worker_paused");
        Is(known, 1, "loyalty_endpoint_consuming");
        Is(known, 0, "loyalty_endpoint_away");
        foreach (var name in (string[])["dead_letter", "job", "saga"])
            Assert.InRange(known.Sum($"loyalty_{name}_oldest_age_seconds")!.Value, 0.001, 600);
        Assert.True(known.Sum("loyalty_outbox_scheduled") >= 1);

        var called = await Eventually.SeeAsync(
            () => FetchedMetrics.FromAsync(workerAt),
            seen =>
                seen.Sum("loyalty_airmiles_echo") == 1
                && Array.TrueForAll(
                    (string[])["calls_lost", "calls_skipped", "decisions_refused", "orders_held", "refunds_overdue", "messages_in_process"],
                    name => seen.Sum($"loyalty_{name}_total") >= 1
                ),
            "the worker to have counted it",
            Soon
        );
        // What sagas count is counted once more when a transaction has to be repeated.
        IsAtLeast(called, 1, "loyalty_events_conflicts_total");
        IsAtLeast(called, 1, "loyalty_collectors_check_digit_failures_total", "outcome=\"warned\"");
        IsAtLeast(called, 2, "loyalty_issuances_total", "outcome=\"rejected\"");
        IsAtLeast(called, 4, "loyalty_miles_reversed_total");
        Is(called, 4, "loyalty_lanes");
        foreach (
            var name in (string[])["lanes_unowned", "endpoint_away", "airmiles_paused", "broker_away_seconds", "database_away_seconds"]
        )
            Is(called, 0, $"loyalty_{name}");
        var calls = (await system.Issuer.AttemptsAsync()).Where(attempt => attempt.IdempotencyKey is not null).ToList();
        Is(
            called,
            calls.Count(attempt => attempt.ClientTransactionId!.StartsWith("I-", StringComparison.Ordinal)),
            "loyalty_airmiles_attempts_total",
            "operation=\"post-event\""
        );
        IsAtLeast(called, calls.Select(attempt => attempt.IdempotencyKey).Distinct().Count(), "loyalty_airmiles_keys_total");

        foreach (var (kind, address) in new[] { ("worker", workerAt), ("ops", opsAt) })
            await IsOfTheTableAsync(kind, address, collector);
        await IsNothingElseAsync(opsAt);
        await IsNothingElseAsync(workerAt);

        var down = new { status = 503, body = new { message = "down for maintenance" } };
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = down });
        await system.Commerce.CompleteAsync(Commerce.Order("MX-DOWN", "80012345670"));
        await IsAsync(workerAt, "loyalty_airmiles_paused", value => value == 1);
        await IsAsync(opsAt, "loyalty_worker_paused", value => value == 1);
        var texts = (await FetchedMetrics.FromAsync(workerAt)).Text + (await FetchedMetrics.FromAsync(opsAt)).Text;
        Assert.DoesNotContain("80012345670", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("MX-", texts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_tell_for_how_long_broker_or_database_have_been_away()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var user = $"worker-{Guid.NewGuid():N}";
        var database = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        var role = $"role_of_{database.Database}";
        await system.Database.RunAsync($"CREATE ROLE {role} LOGIN PASSWORD 'first'; GRANT {database.Username} TO {role}");
        await system.Vhost.AddUserAsync(user, "first");
        try
        {
            (database.Username, database.Password) = (role, "first");
            system.Settings["ConnectionStrings__Loyalty"] = database.ConnectionString;
            system.Settings["RabbitMq__Uri"] = new UriBuilder(system.Vhost.Uri) { UserName = user, Password = "first" }.Uri.ToString();
            var (workerAt, opsAt) = (Address(), Address());
            system.Settings["Metrics__Url"] = workerAt.ToString();
            await system.StartWorkerAsync();
            await system.StartOpsAsync(new Dictionary<string, string> { ["Metrics__Url"] = opsAt.ToString() });
            foreach (var address in (Uri[])[workerAt, opsAt])
            {
                await IsAsync(address, "loyalty_broker_away_seconds", value => value == 0);
                await IsAsync(address, "loyalty_database_away_seconds", value => value == 0);
            }

            var endSessions = $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'";
            await system.Database.RunAsync($"ALTER ROLE {role} SET default_transaction_read_only = on; {endSessions}");
            foreach (var address in (Uri[])[workerAt, opsAt])
                await IsAsync(address, "loyalty_database_away_seconds", value => value > 0);
            await system.Database.RunAsync($"ALTER ROLE {role} RESET default_transaction_read_only; {endSessions}");
            foreach (var address in (Uri[])[workerAt, opsAt])
                await IsAsync(address, "loyalty_database_away_seconds", value => value == 0);

            await system.Vhost.ForbidAsync(user);
            await system.Vhost.CloseConnectionsOfAsync(user);
            foreach (var address in (Uri[])[workerAt, opsAt])
            {
                await IsAsync(address, "loyalty_broker_away_seconds", value => value > 0);
                await IsAsync(address, "loyalty_endpoint_away", value => value > 0);
            }
            await system.Vhost.AddUserAsync(user, "first");
            foreach (var address in (Uri[])[workerAt, opsAt])
            {
                await IsAsync(address, "loyalty_broker_away_seconds", value => value == 0);
                await IsAsync(address, "loyalty_endpoint_away", value => value == 0);
            }
        }
        finally
        {
            foreach (var application in system.Applications)
                await application.KillAsync();
            await system.Database.RunAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
            await system.Vhost.RemoveUserAsync(user);
        }
    }

    [Theory]
    [InlineData("nine", "must be an http address")]
    [InlineData("https://127.0.0.1:9464", "must be an http address")]
    [InlineData("http://127.0.0.1:0", "must be an http address")]
    [InlineData("http://0.0.0.0:8099", "must have a port that nothing else")]
    public async Task An_address_that_is_none_of_their_own_is_refused(string address, string sentence)
    {
        await using var worker = Application.Start(
            "Loyalty.Messaging.Worker",
            "Loyalty.Messaging.Worker",
            new Dictionary<string, string> { ["Metrics__Url"] = address },
            "--urls",
            "http://127.0.0.1:8099"
        );
        Assert.Equal(78, await worker.ExitAsync());
        Assert.Contains($"Metrics__Url {sentence}", worker.Errors, StringComparison.Ordinal);
    }

    /// <summary>What goes as it should: an order and its refund, and enough orders at once for messages to need no broker.</summary>
    static async Task SettleAsync(LoyaltySystem system)
    {
        await system.Commerce.CompleteAsync(Commerce.Order("MX-1"));
        await system.Commerce.RefundAsync(Commerce.Refund("MX-F1", "MX-1"));
        await system.RefundIsAsync("MX-F1", "Reversed");
        foreach (var number in Enumerable.Range(0, 40))
            await system.Commerce.CompleteAsync(Commerce.Order($"MX-B{number}"));
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == 41,
            "all of them issued",
            Soon
        );
    }

    static async Task GoWrongAsync(LoyaltySystem system)
    {
        await system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionIdPrefix = "I-MX-NO" },
                times = (int?)null,
                answer = new { status = 400 },
            },
            new
            {
                match = new { clientTransactionIdPrefix = "I-MX-LATER" },
                times = (int?)null,
                answer = new { status = 500 },
            }
        );
        foreach (var orderId in (string[])["MX-NO-1", "MX-NO-2", "MX-LATER-1", "MX-LATER-2"])
            await system.Commerce.CompleteAsync(Commerce.Order(orderId));
        // Other content under the same key, what breaks the contract, a misread card, an order that does not come.
        await system.Commerce.CompleteAsync(new Dictionary<string, object>(Commerce.Order("MX-1")) { ["locationCode"] = "1" });
        await system.Commerce.PublishAsync("commerce.order-completed", "{}");
        await system.Commerce.CompleteAsync(Commerce.Order("MX-CARD", "80085102029"));
        await system.Commerce.RefundAsync(Commerce.Refund("MX-F2", "MX-NONE"));
        await system.Commerce.CompleteAsync(Commerce.Order("MX-MUCH", amount: 100_000));
        await system.OrderIsAsync("MX-MUCH", "Held");
        await system.OrderIsAsync("MX-NO-2", "Rejected");
        await system.OrderIsAsync("MX-CARD", "Issued");
        const string later = "scheduled AND due_at > now() + interval '30 minutes'";
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE {later}"),
            timers => timers == 2,
            "two timers",
            Soon
        );
        // As a message is left that the broker has refused in every attempt.
        await system.Database.RunAsync(
            $"UPDATE outbox SET due_at = NULL, parked_at = now() WHERE id = (SELECT id FROM outbox WHERE {later} LIMIT 1)"
        );
        // A call of long ago, and one whose answer never came.
        var (key, body) = await When_a_call_is_not_asked_for.CallAsync(system, "MX-1");
        await When_a_call_is_not_asked_for.SendAsync(system, "MX-1", key, body);
        // A decision that nobody has taken.
        await When_a_decision_is_forged.SendAsync(
            system,
            "CancelIssuance",
            new
            {
                operationId = Guid.NewGuid(),
                orderId = "MX-1",
                actor = "nobody",
                reason = "mine",
            }
        );
        const string hourAgo = "now() - interval '1 hour'";
        await system.Database.RunAsync(
            $"UPDATE issuance SET current_state = 'Issuing', state_since = {hourAgo}, updated_at = {hourAgo} WHERE order_id = 'MX-B0'"
        );
        await system.OrderIsAsync("MX-B0", "Issued", Soon);
    }

    /// <summary>Something for which one person is not enough.</summary>
    static async Task AskForTwoAsync(Uri ops)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RunningSite.KeyOf("operator"));
        using var answer = await http.PostAsJsonAsync(
            new Uri(ops, "/api/v1/jobs"),
            new
            {
                kind = "cancel",
                states = (string[])["Rejected"],
                reason = "closed",
            }
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task IsOfTheTableAsync(string kind, Uri address, OtlpSink collector)
    {
        var rows = MetricsTable.Of(kind).ToList();
        Assert.NotEmpty(rows);
        var expected = rows.Select(row => $"{row.Name} {row.Unit}").Order(StringComparer.Ordinal).ToList();
        string Pushed() =>
            string.Join(
                '\n',
                collector
                    .Metrics.SelectMany(PushedMetric.In)
                    .Where(metric => metric.Of == $"loyalty-{kind}" && metric.Meter == "Loyalty.Messaging")
                    .Select(metric => $"{metric.Name} {metric.Unit}")
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            );
        // Everything has happened: what comes for the first time now comes with the next push.
        var before = collector.Metrics.Count;
        await Eventually.TrueAsync(() => Task.FromResult(collector.Metrics.Count >= before + 6), "three more pushes of each");
        Assert.Equal(string.Join('\n', expected), Pushed());

        var fetched = await FetchedMetrics.FromAsync(address);
        Assert.Equal(
            rows.Select(row => row.Fetched).Order(StringComparer.Ordinal),
            fetched.Ours.Select(WithoutTotal).Order(StringComparer.Ordinal)
        );
    }

    static string WithoutTotal(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;

    static void Is(FetchedMetrics seen, double expected, string name, params string[] labels) =>
        Assert.True(
            seen.Sum(name, labels) == expected,
            $"{name} {string.Join(' ', labels)} is {seen.Sum(name, labels)} and not {expected}"
        );

    static void IsAtLeast(FetchedMetrics seen, double expected, string name, params string[] labels) =>
        Assert.True(
            seen.Sum(name, labels) >= expected,
            $"{name} {string.Join(' ', labels)} is {seen.Sum(name, labels)} and not {expected}"
        );

    /// <summary>Neither the site nor health is to be had there.</summary>
    static async Task IsNothingElseAsync(Uri address)
    {
        using var http = new HttpClient();
        foreach (var path in (string[])["/", "/health/live", "/api/v1/stats", "/openapi/v1.json"])
        {
            using var answer = await http.GetAsync(new Uri(address, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    static Task IsAsync(Uri address, string name, Predicate<double> right) =>
        Eventually.SeeAsync(
            async () => (await FetchedMetrics.FromAsync(address)).Sum(name),
            value => value is { } number && right(number),
            $"{name} at {address}",
            Soon
        );

    static Uri Address() => new($"http://127.0.0.1:{Ports.Next()}");
}

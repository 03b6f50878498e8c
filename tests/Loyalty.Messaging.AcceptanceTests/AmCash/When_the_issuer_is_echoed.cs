using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.AmCash;

/// <summary>On demand: ops asks over the bus, the worker calls, the result is kept.</summary>
[Collection(nameof(CashSystem))]
public sealed class When_the_issuer_is_echoed(CashSystem cash)
{
    [Fact]
    public async Task The_site_asks_through_a_worker_and_the_result_can_be_read_without_another_call()
    {
        JsonElement ran = default,
            shown = default;
        var calls = await cash.CallsDuringAsync(async () =>
        {
            (var status, ran) = await cash.PostAsync("/api/v1/echo", null);
            Assert.Equal(200, status);
            (_, shown) = await cash.GetAsync("/api/v1/echo");
        });

        Assert.Equal(1, calls);
        Assert.Equal(
            ("answered", "0000", 200, "developer"),
            (Text(ran, "outcome"), Text(ran, "responseCode"), ran.GetProperty("status").GetInt32(), Text(ran, "requestedBy"))
        );
        Assert.Equal(Text(ran, "traceId"), Text(shown.GetProperty("last"), "traceId"));
        Assert.Equal(Text(ran, "traceId"), Text(shown.GetProperty("results")[0], "traceId"));
    }

    [Theory]
    [InlineData("0008", 2, "escalation")]
    [InlineData("0035", 1, "operator")]
    [InlineData("0092", 1, "caller")]
    [InlineData("0096", 2, "escalation")]
    public async Task The_command_line_says_what_the_issuer_said(string code, int calls, string actor)
    {
        await cash.System.Issuer.ScriptAsync(
            new
            {
                match = new { path = "echo" },
                times = calls,
                answer = new { responseCode = code },
            }
        );

        Assert.Equal(
            calls,
            await cash.CallsDuringAsync(async () =>
            {
                var no = await cash.LoyaltyAsync("echo", "--json");
                Assert.Equal((1, "", code, actor), (no.ExitCode, no.Errors, Text(no.Json, "responseCode"), Text(no.Json, "actor")));
                var last = await cash.LoyaltyAsync("echo", "--last");
                Assert.Equal((1, ""), (last.ExitCode, last.Printed));
                Assert.Contains($" {code} ", last.Errors, StringComparison.Ordinal);
            })
        );

        var yes = await cash.LoyaltyAsync("echo");
        Assert.Equal((0, ""), (yes.ExitCode, yes.Errors));
        Assert.Contains(" 0000 approved ", yes.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_newest_results_are_kept()
    {
        await cash.System.Database.RunAsync(
            """
            INSERT INTO echo_result (at, worker, outcome, meaning, actor, calls, duration_ms, trace_id)
            SELECT now(), 'old', 'answered', 'approved', 'nobody', 1, 1, '000000000000' FROM generate_series(1, 1100)
            """
        );
        await cash.PostAsync("/api/v1/echo", null);

        Assert.Equal(1000, await cash.System.Database.ScalarAsync<long>("SELECT count(*) FROM echo_result"));
        var (_, shown) = await cash.GetAsync("/api/v1/echo");
        Assert.Equal(20, shown.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_worker_the_site_says_so()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var ops = await system.StartOpsAsync();
        using var http = new HttpClient();

        using var answer = await http.PostAsync(new Uri(ops, "/api/v1/echo"), null);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Contains("did not reach a worker", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"results":[]}""", await http.GetStringAsync(new Uri(ops, "/api/v1/echo")));
    }

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}

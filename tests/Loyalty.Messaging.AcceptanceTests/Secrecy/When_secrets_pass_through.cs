using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Secrecy;

public sealed class When_secrets_pass_through
{
    const string Canary = "80012345670";

    /// <summary>How every token of the simulator begins.</summary>
    const string Token = "simulator-token-";

    [Fact]
    public async Task No_whole_collector_number_and_no_secret_shows_in_logs_traces_events_or_the_journal()
    {
        await using var collector = new OtlpSink();
        await using var system = await LoyaltySystem.CreateAsync();
        foreach (var (key, value) in collector.Settings)
            system.Settings[key] = value;
        system.Settings["Logging__LogLevel__Default"] = "Debug";
        var worker = await system.StartWorkerAsync();
        var ops = await system.StartOpsAsync();

        await system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-SEC-2" },
                answer = new { status = 400, body = new { message = $"collector {Canary} is unknown" } },
            },
            new
            {
                match = new { clientTransactionId = "I-SEC-3" },
                times = (int?)null,
                answer = new { status = 500, body = $"boom {Canary}" },
            }
        );
        await system.Commerce.CompleteAsync(Commerce.Order("SEC-1", Canary));
        await system.Commerce.RefundAsync(Commerce.Refund("SEC-F1", "SEC-1"));
        await system.Commerce.CompleteAsync(Commerce.Order("SEC-2", Canary));
        await system.Commerce.CompleteAsync(Commerce.Order("SEC-3", Canary));
        await system.Commerce.PublishAsync(
            "commerce.order-completed",
            $$"""{ "orderId": "SEC-4", "collectorNumber": "{{Canary}}0", "amount": {{Canary}} }"""
        );
        await system.Commerce.CompleteAsync(new Dictionary<string, object>(Commerce.Order("SEC-1", Canary)) { ["locationCode"] = "1" });
        await system.RefundIsAsync("SEC-F1", "Reversed");
        await system.OrderIsAsync("SEC-2", "Rejected");
        await system.OrderIsAsync("SEC-3", "Suspended");
        await Eventually.SeeAsync(() => Task.FromResult(system.DeadLetters.All.Count), count => count == 2, "two dead letters");
        await system.QuietAsync();

        using var http = new HttpClient();
        var pages = string.Concat(
            await Task.WhenAll(new[] { "SEC-1", "SEC-2", "SEC-3" }.Select(id => http.GetStringAsync(new Uri(ops, $"/api/v1/orders/{id}"))))
        );
        await worker.StopAsync(); // Flushes what telemetry still holds.
        var journal = string.Concat(await system.Database.ColumnAsync("SELECT journal::text FROM journal"));
        var events = string.Concat(system.Events.All.Select(heard => heard.Text + string.Concat(heard.Headers.Values)));
        var reasons = string.Concat(system.DeadLetters.All.SelectMany(letter => letter.Headers.Values));
        var logs = string.Concat(system.Applications.Select(application => application.Output));

        Assert.Contains("SEC-1", pages, StringComparison.Ordinal);
        // A token is handed out as it is looked for.
        Assert.StartsWith(Token, await system.Issuer.TokenAsync(), StringComparison.Ordinal);
        // What is looked through is really there: the receipt of the event, the call, and the figures by outcome.
        Assert.All(
            [
                "loyalty.issuance",
                "AirMiles post-event",
                "AirMiles reverse-event",
                "loyalty.issuances",
                "loyalty.airmiles.requests",
                "outcome",
                "rejected",
            ],
            name => Assert.Contains(name, collector.Text, StringComparison.Ordinal)
        );
        foreach (
            var (place, text) in new[]
            {
                ("the ops API", pages),
                ("the journal", journal),
                ("our events", events),
                ("dead letters' headers", reasons),
                ("logs", logs),
                ("telemetry", collector.Text),
            }
        )
        {
            Assert.False(text.Contains(Canary, StringComparison.Ordinal), $"the whole collector number is in {place}");
            Assert.False(text.Contains("secret-of-the-simulator", StringComparison.Ordinal), $"the client secret is in {place}");
            Assert.False(text.Contains(Token, StringComparison.OrdinalIgnoreCase), $"a token is in {place}");
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Decisions;

/// <summary>Retry, correct and cancel through the API and the command line, on the whole system.</summary>
public sealed class When_somebody_decides : IAsyncLifetime
{
    readonly HttpClient _http = new();
    LoyaltySystem _system = null!;
    Uri _ops = null!;

    public async ValueTask InitializeAsync()
    {
        _system = await LoyaltySystem.CreateAsync();
        _system.Settings["Timing__OrderExpectedWithin"] = "00:00:01";
        await _system.StartWorkerAsync();
        _ops = await _system.StartOpsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task A_suspended_order_is_retried_once_whoever_sends_it_how_often()
    {
        await _system.SuspendAsync("S-1", effect: "before");
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("orders/S-1/retry", new { })).Status);
        // The bus could not even carry it.
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await PostAsync("orders/S-1/correct", new { reason = "why", context = new Dictionary<string, string> { [""] = "x" } })).Status
        );

        var operation = Guid.NewGuid();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => PostAsync("orders/S-1/retry", new { reason = "the issuer is back", operationId = operation }))
        );
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        await _system.OrderIsAsync("S-1", "Issued");
        Assert.Equal(4, (await _system.Issuer.AttemptsAsync("I-S-1")).Count);
        Assert.Equal(
            "Issued",
            (await PostAsync("orders/S-1/retry", new { reason = "the issuer is back", operationId = operation }))
                .Body.GetProperty("state")
                .GetString()
        );
        var other = await PostAsync("orders/S-1/retry", new { reason = "again", operationId = operation });
        Assert.Equal((HttpStatusCode.Conflict, "Refused: recorded before"), (other.Status, other.Body.GetProperty("title").GetString()));

        var refused = await PostAsync("orders/S-1/retry", new { reason = "to be sure" });
        Assert.Equal(
            (HttpStatusCode.Conflict, "The miles are on the account; there is nothing to retry"),
            (refused.Status, refused.Body.GetProperty("detail").GetString())
        );
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("orders/S-unknown/retry", new { reason = "why not" })).Status);
        Assert.Contains(
            "decided RetryIssuance: the issuer is back",
            await _http.GetStringAsync(new Uri(_ops, "/api/v1/orders/S-1")),
            StringComparison.Ordinal
        );
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_rejected_order_is_corrected_from_the_command_line_and_its_refund_comes_back_to_life()
    {
        await _system.RejectAsync("S-2");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("S-2F", "S-2"));
        await _system.RefundIsAsync("S-2F", "NotRequired");

        Assert.Equal(1, (await LoyaltyAsync("orders", "retry", "S-2", "--reason", "try")).ExitCode);
        Assert.Equal(1, (await LoyaltyAsync("orders", "correct", "S-2", "--reason", "typo", "--collector", "123")).ExitCode);
        var run = await LoyaltyAsync(
            "orders",
            "correct",
            "S-2",
            "--reason",
            "typo",
            "--collector",
            "84095202006",
            "--offer",
            "STANDARD=10"
        );
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("Done: Issuing", run.Printed, StringComparison.Ordinal);
        await _system.OrderIsAsync("S-2", "Issued");
        await _system.RefundIsAsync("S-2F", "Reversed");
        Assert.Equal(
            [10, 10],
            (await _system.Issuer.LedgerAsync())
                .Where(effect => effect.ClientTransactionId is "I-S-2" or "R-S-2F")
                .Select(effect => effect.Miles)
        );
        Assert.Equal(2, (await _system.Issuer.AttemptsAsync("I-S-2")).Select(attempt => attempt.IdempotencyKey).Distinct().Count());
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_refund_whose_order_never_comes_is_shown_as_overdue_and_cancelled()
    {
        await _system.Commerce.RefundAsync(Commerce.FullRefund("S-3F", "S-3"));
        await _system.RefundIsAsync("S-3F", "AwaitingIssuance");
        await Eventually.SeeAsync(
            () => _http.GetStringAsync(new Uri(_ops, "/api/v1/orders/S-3")),
            page => page.Contains("\"kind\":\"overdue\"", StringComparison.Ordinal),
            "the refund to be overdue"
        );
        var run = await LoyaltyAsync("refunds", "cancel", "S-3F", "--reason", "no such order");
        Assert.True(run.ExitCode == 0, run.Errors);
        await _system.RefundIsAsync("S-3F", "Cancelled");
        await _system.Commerce.CompleteAsync(Commerce.Order("S-3"));
        await _system.OrderIsAsync("S-3", "Issued");
        Assert.Equal(0, await _system.Database.ScalarAsync<int>("SELECT reversed_miles FROM issuance WHERE order_id = 'S-3'"));
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_decision_about_everything_is_not_taken_from_a_form_either()
    {
        await _system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-S-6" }, answer = new { status = 400, effect = "none" } }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("S-6"));
        await _system.OrderIsAsync("S-6", "Rejected");

        using var browser = new Ops.Browser(_ops);
        var page = await browser.SubmitAsync(
            "/jobs/new?state=Rejected",
            "/jobs/new",
            ("state", ""),
            ("kind", "cancel"),
            ("reason", "all of them")
        );
        Assert.Contains("A decision about everything is not offered", await browser.ReadAsync(page), StringComparison.Ordinal);
        Assert.Equal(0, await _system.Database.ScalarAsync<long>("SELECT count(*) FROM job"));
        await _system.OrderIsAsync("S-6", "Rejected");
    }

    [Fact]
    public async Task Whoever_decides_is_told_when_a_worker_fails_at_it()
    {
        await _system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-S-5" },
                times = 3,
                answer = new { status = 500, effect = "none" },
            }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("S-5"));
        await _system.OrderIsAsync("S-5", "Suspended");
        await _system.Database.RunAsync(
            "ALTER TABLE issuance ADD CONSTRAINT broken CHECK (order_id <> 'S-5' OR current_state = 'Suspended')"
        );

        using (var browser = new Ops.Browser(_ops))
        {
            var page = await browser.SubmitAsync("/orders/S-5", "/orders/S-5/retry", ("reason", "the issuer is back"));
            Assert.Contains(
                "A worker tried it and failed: nothing is changed, and the decision is among the dead letters",
                await browser.ReadAsync(page),
                StringComparison.Ordinal
            );
        }
        var answer = await PostAsync("orders/S-5/retry", new { reason = "the issuer is back" });
        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Contains("among the dead letters", answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await _system.OrderIsAsync("S-5", "Suspended");
        await Eventually.SeeAsync(
            () => _http.GetStringAsync(new Uri(_ops, "/api/v1/dead-letters?order=S-5")),
            letters => letters.Split("RetryIssuance").Length > 2,
            "both decisions to be among the dead letters"
        );

        await _system.Database.RunAsync("ALTER TABLE issuance DROP CONSTRAINT broken");
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("orders/S-5/retry", new { reason = "mended" })).Status);
        await _system.OrderIsAsync("S-5", "Issued");
        await Agreement.HoldsAsync(_system);
    }

    Task<CliRun> LoyaltyAsync(params string[] arguments) =>
        CliRun.RunAsync(new Dictionary<string, string> { ["Ops__Url"] = _ops.ToString() }, arguments);

    async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_ops, $"/api/v1/{path}"), body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}

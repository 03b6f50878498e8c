using System.Net;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.Decisions;

/// <summary>
/// The same key and the same bytes are safe for as long as the issuer knows the key. After that a call that may have taken effect is made
/// again only by two.
/// </summary>
public sealed class When_the_issuer_has_forgotten_a_key : LetterTest
{
    private protected override Task<LetterSystem> StartAsync() =>
        LetterSystem.StartAsync(guarded: true, worker: new Dictionary<string, string> { ["Timing__KeyLifetime"] = "1.06:00:00" });

    [Fact]
    public async Task A_retry_is_refused_with_a_warning_and_done_when_two_have_read_it()
    {
        await System.SuspendAsync("GK-1");
        using var browser = new Ops.Browser(Letters.Ops);
        await browser.SignInAsync(Operator);
        Assert.DoesNotContain("evenIfForgotten", await browser.ReadAsync("/orders/GK-1"), StringComparison.Ordinal);
        await AgesAsync("issuance", "GK-1");
        var page = await browser.ReadAsync("/orders/GK-1");
        Assert.Contains("name=\"evenIfForgotten\"", page, StringComparison.Ordinal);
        Assert.Contains("made again, it may take effect twice", page, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing happens twice", page, StringComparison.Ordinal);

        const string warning = "the issuer is trusted to know its key for 1.06:00:00: made again, it may take effect twice";
        await browser.SubmitAsync("/orders/GK-1", "/orders/GK-1/retry", ("reason", "it must be"));
        Assert.Contains(warning, await browser.ReadAsync("/orders/GK-1"), StringComparison.Ordinal);
        var (status, problem) = await RetryAsync("orders/GK-1", false);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains(warning, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var refused = await LoyaltyAsync("orders", "retry", "GK-1", "--reason", "it must be");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(warning, refused.Errors, StringComparison.Ordinal);
        // Nor does a job about many.
        var many = await Letters.RetrySuspendedAsync("all of them", Operator);
        Assert.Equal(1, (await Letters.JobIsAsync(many, "Done", Operator)).GetProperty("skipped").GetInt32());
        Assert.Equal(3, (await System.Issuer.AttemptsAsync("I-GK-1")).Count);

        var asked = await LoyaltyAsync("orders", "retry", "GK-1", "--even-if-forgotten", "--reason", "AIR MILES has none", "--json");
        Assert.Equal("AwaitingApproval", asked.Json.GetProperty("state").GetString());
        var job = asked.Json.GetProperty("operationId").GetGuid();
        var waits = await Letters.GetAsync($"jobs/{job}", Operator);
        Assert.Equal(
            "it makes a call again whose key the issuer may have forgotten, and which may take effect twice",
            waits.GetProperty("needsApproval").GetString()
        );
        Assert.Equal("Retry order GK-1, even if the issuer has forgotten its key", waits.GetProperty("description").GetString());
        Assert.Equal(3, (await System.Issuer.AttemptsAsync("I-GK-1")).Count);
        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(job, Approver)).Status);
        await System.OrderIsAsync("GK-1", "Issued");
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task A_refunds_call_is_no_different()
    {
        await System.Commerce.CompleteAsync(Commerce.Order("GK-2"));
        await System.OrderIsAsync("GK-2", "Issued");
        await System.Issuer.FailAsync("R-GK-2F");
        await System.Commerce.RefundAsync(Commerce.FullRefund("GK-2F", "GK-2"));
        await System.RefundIsAsync("GK-2F", "Suspended");
        await AgesAsync("reversal", "GK-2");
        Assert.Equal(HttpStatusCode.Conflict, (await RetryAsync("refunds/GK-2F", false)).Status);
        var (status, answer) = await RetryAsync("refunds/GK-2F", true);
        Assert.Equal((HttpStatusCode.Accepted, "AwaitingApproval"), (status, answer.GetProperty("state").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(answer.GetProperty("operationId").GetGuid(), Approver)).Status);
        await System.RefundIsAsync("GK-2F", "Reversed");
        await Agreement.HoldsAsync(System);
    }

    /// <summary>Set within the key's life, and let go off after it: by a person, or because no worker was there.</summary>
    [Fact]
    public async Task A_timer_that_goes_off_too_late_sends_nothing()
    {
        await System.Applications[0].StopAsync();
        System.Settings["Timing__RetryDelays"] = "02:00:00";
        await System.StartWorkerAsync();
        await System.Issuer.FailAsync("I-GK-3");
        await System.Commerce.CompleteAsync(Commerce.Order("GK-3"));
        await Eventually.SeeAsync(
            () => System.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE order_id = 'GK-3' AND timer_due_at IS NOT NULL"),
            set => set == 1,
            "the next try to be set"
        );
        await AgesAsync("issuance", "GK-3");
        var (status, _) = await Letters.AskAsync(
            "POST",
            "orders/GK-3/timer",
            new { reason = "now", dueAt = TimeProvider.System.GetUtcNow() },
            Operator
        );
        Assert.Equal(HttpStatusCode.Accepted, status);
        await System.OrderIsAsync("GK-3", "Suspended");
        Assert.Equal(3, (await System.Issuer.AttemptsAsync("I-GK-3")).Count);
        await Agreement.HoldsAsync(System);
    }

    /// <summary>As if its call had been sent two days ago.</summary>
    Task AgesAsync(string table, string orderId) =>
        System.Database.RunAsync($"UPDATE {table} SET requested_at = requested_at - interval '2 days' WHERE order_id = '{orderId}'");

    Task<(HttpStatusCode Status, JsonElement Body)> RetryAsync(string subject, bool evenIfForgotten) =>
        Letters.AskAsync("POST", $"{subject}/retry", new { reason = "it must be", evenIfForgotten }, Operator);

    Task<CliRun> LoyaltyAsync(params string[] arguments) =>
        CliRun.RunAsync(new Dictionary<string, string> { ["Ops__Url"] = Letters.Ops.ToString(), ["Ops__Key"] = Operator }, arguments);
}

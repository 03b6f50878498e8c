using System.Net;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Two people have looked at so many miles: with more it is not done, however long they took.</summary>
public sealed class When_a_job_waits_while_things_change : LetterTest
{
    private protected override Task<LetterSystem> StartAsync() =>
        LetterSystem.StartAsync(
            guarded: true,
            settings: new Dictionary<string, string>
            {
                ["Ops__Approval__Messages"] = "1",
                ["Ops__Approval__Miles"] = "20",
                ["Ops__Approval__Period"] = "00:00:00.001",
            }
        );

    [Fact]
    public async Task Letters_that_would_issue_more_by_now_are_left_out_and_open_again()
    {
        await IssuedAsync("WC-0", "80000000093");
        await Letters.BreakAsync("WL-");
        await System.Commerce.CompleteAsync(Commerce.Order("WL-1", "80000000101"));
        var sent = Commerce.Order("WL-2", "80000000119");
        sent.Remove("lines");
        sent["issuances"] = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 5 }];
        await System.Commerce.CompleteAsync(sent);
        await Letters.OpenAsync(2, "&q=WL-", Viewer);
        await Letters.MendAsync();
        var (_, job) = await Letters.AskAsync("POST", "dead-letters/replays", new { q = "WL-", reason = "mended" }, Operator);
        Assert.Equal(("AwaitingApproval", 13), (job.GetProperty("state").GetString(), job.GetProperty("milesToIssue").GetInt32()));

        // From tonight on every order earns twice as much.
        await System.Applications[0].StopAsync();
        (System.Settings["Earning__Base__Miles"], System.Settings["Earning__Version"]) = ("2", "2");
        await System.StartWorkerAsync();
        await IssuedAsync("WC-1", "80000000127");
        var id = job.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(id, Approver)).Status);
        Assert.Equal((1, 1), Counted(await Letters.JobIsAsync(id, "Done", Viewer)));
        Assert.StartsWith(
            "It would move more than the 8 miles that were looked at when the job was made; replay it anew. 16 miles are issued",
            await OutcomeAsync(id, "Skipped"),
            StringComparison.Ordinal
        );
        await System.OrderIsAsync("WL-2", "Issued");
        Assert.Equal("WL-1", Assert.Single(await Letters.OpenAsync(1, "&q=WL-", Viewer)).GetProperty("orderId").GetString());
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task An_order_that_was_corrected_to_more_meanwhile_is_left_out()
    {
        await System.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-WO-1" },
                times = 2,
                answer = new { status = 400, effect = "none" },
            }
        );
        await System.Commerce.CompleteAsync(Commerce.Order("WO-1", "80000000093", 500));
        await System.OrderIsAsync("WO-1", "Rejected");
        var toAnother = await AskAsync("orders/WO-1/correct", new { reason = "another card", collectorNumber = "84095202006" });
        var toMore = await AskAsync(
            "orders/WO-1/correct",
            new { reason = "more for them", offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 40 }] }
        );
        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(toMore, Approver)).Status);
        await Letters.JobIsAsync(toMore, "Done", Viewer);
        await System.OrderIsAsync("WO-1", "Rejected");

        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(toAnother, Approver)).Status);
        await Letters.JobIsAsync(toAnother, "Done", Viewer);
        Assert.Equal(
            "Not done: It has 40 miles now, more than the 25 that were looked at: look at it again and decide anew",
            await OutcomeAsync(toAnother, "Skipped")
        );
        var row = await System.Database.ScalarAsync<string>("SELECT current_state || ' ' || miles FROM issuance WHERE order_id = 'WO-1'");
        Assert.Equal("Rejected 40", row);
        Assert.All(await System.Issuer.AttemptsAsync("I-WO-1"), attempt => Assert.Equal("80000000093", attempt.CollectorNumber));

        async Task<Guid> AskAsync(string path, object body)
        {
            var (_, answer) = await Letters.AskAsync("POST", path, body, Operator);
            Assert.Equal("AwaitingApproval", answer.GetProperty("state").GetString());
            return answer.GetProperty("operationId").GetGuid();
        }
    }

    async Task IssuedAsync(string orderId, string collector)
    {
        await System.Commerce.CompleteAsync(Commerce.Order(orderId, collector));
        await System.OrderIsAsync(orderId, "Issued");
    }

    static (int Done, int LeftOut) Counted(JsonElement job) => (job.GetProperty("done").GetInt32(), job.GetProperty("skipped").GetInt32());

    async Task<string> OutcomeAsync(Guid job, string state) =>
        Assert
            .Single((await Letters.GetAsync($"jobs/{job}/items?state={state}", Viewer)).EnumerateArray())
            .GetProperty("outcome")
            .GetString()!;
}

using System.Net;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Above twenty miles nobody corrects an order alone.</summary>
public sealed class When_a_correction_needs_two_people(GuardedLetters guarded) : IClassFixture<GuardedLetters>
{
    readonly LetterSystem _letters = guarded.Letters;
    readonly LoyaltySystem _system = guarded.Letters.System;

    [Fact]
    public async Task A_correction_to_many_miles_waits_and_what_it_held_is_gone_when_it_is_done()
    {
        await _system.RejectAsync("TM-1", "80000000077");
        var correction = new
        {
            reason = "a typo of theirs",
            collectorNumber = "84095202006",
            offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 30 }],
            operationId = Guid.NewGuid(),
        };
        var (status, answer) = await _letters.AskAsync("POST", "orders/TM-1/correct", correction, Operator);
        Assert.Equal(
            (HttpStatusCode.Accepted, "AwaitingApproval", correction.operationId),
            (status, answer.GetProperty("state").GetString(), answer.GetProperty("operationId").GetGuid())
        );
        // Under the same id the same decision is the same job; another decision is told that the id is taken.
        Assert.Equal(HttpStatusCode.Accepted, (await _letters.AskAsync("POST", "orders/TM-1/correct", correction, Operator)).Status);
        Assert.All(
            [
                await _letters.AskAsync("POST", "orders/TM-2/correct", correction, Operator),
                await _letters.AskAsync("POST", "orders/TM-1/correct", correction with { collectorNumber = "84095212006" }, Operator),
                await _letters.AskAsync("POST", "orders/TM-1/correct", correction with { reason = "another" }, Operator),
                await _letters.AskAsync("POST", "orders/TM-1/cancel", new { correction.reason, correction.operationId }, Operator),
            ],
            other => Assert.Equal(HttpStatusCode.Conflict, other.Status)
        );
        var job = await _letters.GetAsync($"jobs/{correction.operationId}", Viewer);
        Assert.Equal("30 miles are more than 20", job.GetProperty("needsApproval").GetString());
        Assert.Equal("Correct order TM-1: collector number *******2006; offers STANDARD 30", job.GetProperty("description").GetString());
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), job.ToString());
        Assert.Equal("Rejected", await _system.OrderStateAsync("TM-1"));
        Assert.Equal(HttpStatusCode.Forbidden, (await _letters.ApproveAsync(correction.operationId, Operator)).Status);

        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(correction.operationId, Approver)).Status);
        await _letters.JobIsAsync(correction.operationId, "Done", Viewer);
        await _system.OrderIsAsync("TM-1", "Issued");
        Assert.Equal(30, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-TM-1").Miles);
        Assert.Equal("84095202006", (await _system.Issuer.AttemptsAsync("I-TM-1"))[^1].CollectorNumber);
        Assert.Equal(
            0,
            await _system.Database.ScalarAsync<long>(
                $"SELECT count(*) FROM job WHERE id = '{correction.operationId}' AND parameters IS NOT NULL"
            )
        );
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), (await _letters.GetAsync("audit?limit=500", Viewer)).ToString());
    }

    /// <summary>25 miles, which a correction of the collector alone would send to somebody else.</summary>
    [Fact]
    public async Task Many_miles_go_to_another_collector_only_by_two()
    {
        await _system.RejectAsync("TK-1", "80000000093", 500);
        var (status, answer) = await _letters.AskAsync(
            "POST",
            "orders/TK-1/correct",
            new { reason = "another card", collectorNumber = "84095202006" },
            Operator
        );
        Assert.Equal((HttpStatusCode.Accepted, "AwaitingApproval"), (status, answer.GetProperty("state").GetString()));
        Assert.Equal("Rejected", await _system.OrderStateAsync("TK-1"));

        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(answer.GetProperty("operationId").GetGuid(), Approver)).Status);
        await _system.OrderIsAsync("TK-1", "Issued");
        Assert.Equal(25, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-TK-1").Miles);
        Assert.Equal("84095202006", (await _system.Issuer.AttemptsAsync("I-TK-1"))[^1].CollectorNumber);
    }

    [Fact]
    public async Task A_correction_that_nobody_approves_leaves_nothing_behind()
    {
        await _system.RejectAsync("TN-1", "80000000085");
        var (_, answer) = await _letters.AskAsync(
            "POST",
            "orders/TN-1/correct",
            new { reason = "more for them", offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 21 }] },
            Operator
        );
        var id = answer.GetProperty("operationId").GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await _letters.AskAsync("POST", $"jobs/{id}/cancel", new { reason = "no" }, Approver)).Status);
        Assert.Equal(0, await _system.Database.ScalarAsync<long>($"SELECT count(*) FROM job WHERE id = '{id}' AND parameters IS NOT NULL"));
        // Twenty need nobody else.
        (_, answer) = await _letters.AskAsync(
            "POST",
            "orders/TN-1/correct",
            new { reason = "as it should be", offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 20 }] },
            Operator
        );
        Assert.Equal("Issuing", answer.GetProperty("state").GetString());
        await _system.OrderIsAsync("TN-1", "Issued");
    }
}

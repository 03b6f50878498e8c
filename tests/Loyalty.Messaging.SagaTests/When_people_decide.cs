using System.Text;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Decisions;
using Xunit;
using static Loyalty.Messaging.SagaTests.OrderDecision;

namespace Loyalty.Messaging.SagaTests;

/// <summary>Retry, correct, cancel: done once, or refused with a sentence that says what to do instead.</summary>
public sealed class When_people_decide
{
    [Fact]
    public async Task A_suspended_order_is_retried_with_the_same_bytes()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Unresolved, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-1"));
        await scenario.OrderIsAsync("D-1", "Suspended");
        var answer = await scenario.DecideAsync(Retry("D-1"));
        Assert.True(answer.Accepted);
        var order = await scenario.OrderIsAsync("D-1", "Issued");
        Assert.Equal(1, order.Revision);
        Assert.Single(scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey).Distinct());
        var decision = Assert.Single(order.Decisions);
        Assert.Equal(("RetryIssuance", "ann", "the issuer is back"), (decision.Kind, decision.Actor, decision.Reason));
    }

    /// <summary>It was weighed before; what is decided about may have become more since.</summary>
    [Fact]
    public async Task A_decision_about_fewer_miles_than_there_are_is_not_taken()
    {
        await using var scenario = await SagaScenario.StartAsync(
            StubIssuer.Unresolved,
            StubIssuer.Accepted,
            StubIssuer.Unresolved,
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Order("D-9"));
        var order = await scenario.OrderIsAsync("D-9", "Suspended");
        var refused = await scenario.DecideAsync(Retry("D-9") with { AtMost = order.Miles - 1 });
        Assert.Equal(
            (
                false,
                "Suspended",
                $"It has {order.Miles} miles now, more than the {order.Miles - 1} that were looked at: look at it again and decide anew"
            ),
            (refused.Accepted, refused.State, refused.Refusal)
        );
        var cancel = Cancel("D-9") with { AtMost = 0 };
        Assert.False((await scenario.DecideAsync(cancel)).Accepted);
        Assert.True((await scenario.DecideAsync(Retry("D-9") with { AtMost = order.Miles })).Accepted);
        await scenario.OrderIsAsync("D-9", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("D-9F", "D-9", null));
        var refund = await scenario.RefundIsAsync("D-9F", "Suspended");
        var again = RefundDecision.Retry("D-9F") with { AtMost = refund.Miles - 1 };
        Assert.False((await scenario.DecideAsync(again)).Accepted);
        Assert.True((await scenario.DecideAsync(again with { OperationId = Guid.NewGuid(), AtMost = refund.Miles })).Accepted);
        await scenario.RefundIsAsync("D-9F", "Reversed");
    }

    [Fact]
    public async Task The_same_decision_again_changes_nothing_and_gets_the_same_answer()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Unresolved);
        await scenario.PublishAsync(SagaScenario.Order("D-2"));
        await scenario.OrderIsAsync("D-2", "Suspended");
        var retry = Retry("D-2");
        Assert.True((await scenario.DecideAsync(retry)).Accepted);
        await scenario.CallsAreAsync(2);
        await scenario.OrderIsAsync("D-2", "Suspended");
        Assert.True((await scenario.DecideAsync(retry)).Accepted);
        Assert.Equal(2, scenario.Issuer.Calls.Count);
        Assert.Single((await scenario.OrderIsAsync("D-2", "Suspended")).Decisions);
    }

    [Fact]
    public async Task A_rejected_order_is_corrected_under_the_same_transaction_id_and_a_new_key()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Rejected, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-3"));
        await scenario.OrderIsAsync("D-3", "Rejected");
        await scenario.PublishAsync(SagaScenario.Refund("D-3F", "D-3", 1));
        await scenario.RefundIsAsync("D-3F", "NotRequired");

        Assert.True(
            (
                await scenario.DecideAsync(
                    Correct("D-3") with
                    {
                        CollectorNumber = "84095202006",
                        LocationCode = "0042",
                        Context = new Dictionary<string, string> { ["case"] = "77" },
                    }
                )
            ).Accepted
        );
        var order = await scenario.OrderIsAsync("D-3", "Issued");
        await scenario.RefundIsAsync("D-3F", "Reversed");
        Assert.Equal((2, "I-D-3"), (order.Revision, order.ClientTransactionId));
        var calls = scenario.Issuer.Calls.Where(call => call.Operation == "post").Select(call => call.Call).ToList();
        Assert.Equal(
            [IdempotencyKey.For("issue", "D-3", 1), IdempotencyKey.For("issue", "D-3", 2)],
            calls.Select(call => call.IdempotencyKey)
        );
        Assert.Equal(
            """{"clientTransactionId":"I-D-3","collectorNumber":"84095202006","context":{"case":"77"},"issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0042","milesAmount":8}],"sponsorCode":"KENY","transactionDateTime":"2026-11-21T20:04:05.123Z"}""",
            Encoding.UTF8.GetString(calls[1].Body.Span)
        );
        Assert.Contains("84095202006", Encoding.UTF8.GetString(scenario.Issuer.Calls[^1].Call.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corrected_offers_are_what_refunds_are_measured_by()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Rejected, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-4") with { Currency = "USD" });
        await scenario.OrderIsAsync("D-4", "Rejected");
        Assert.Contains("which offers", (await scenario.DecideAsync(Correct("D-4"))).Refusal, StringComparison.Ordinal);
        Assert.True((await scenario.DecideAsync(Correct("D-4") with { Offers = [new OfferMiles("STANDARD", null, null, 10)] })).Accepted);
        // The order never had a call: the stub's first answer is for its correction.
        await scenario.OrderIsAsync("D-4", "Rejected");
        Assert.True((await scenario.DecideAsync(Correct("D-4"))).Accepted);
        await scenario.OrderIsAsync("D-4", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("D-4F", "D-4", 1));
        Assert.Equal(5, (await scenario.RefundIsAsync("D-4F", "Reversed")).Miles);
    }

    /// <summary>What the contract would refuse in an event.</summary>
    public static TheoryData<string, CorrectIssuance> Unfit =>
        new()
        {
            { "collectorNumber", Correct("D-5") with { CollectorNumber = "80085102029" } },
            { "locationCode", Correct("D-5") with { LocationCode = "too-long-a-code" } },
            { "deviceId", Correct("D-5") with { DeviceId = new string('x', 65) } },
            { "deviceId", Correct("D-5") with { DeviceId = "a\0b" } },
            { "offers must be 1 to 50", Correct("D-5") with { Offers = [] } },
            {
                "offers must be 1 to 50",
                Correct("D-5") with
                {
                    Offers = [.. Enumerable.Range(0, 51).Select(number => new OfferMiles($"O{number}", null, null, 1))],
                }
            },
            { "milesAmount of STANDARD", Correct("D-5") with { Offers = [new OfferMiles("STANDARD", null, null, 10_000_001)] } },
            { "offerId is longer", Correct("D-5") with { Offers = [new OfferMiles("STANDARD", new string('1', 65), null, 1)] } },
            {
                "context: case is longer",
                Correct("D-5") with
                {
                    Context = new Dictionary<string, string> { ["case"] = new string('x', 1025) },
                }
            },
        };

    [Theory]
    [MemberData(nameof(Unfit), DisableDiscoveryEnumeration = true)]
    public async Task A_correction_meets_what_the_contract_asks_of_an_event(string sentence, CorrectIssuance correction)
    {
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                CollectorCheckDigit = CollectorCheckDigit.Refuse,
            },
            StubIssuer.Rejected
        );
        await scenario.PublishAsync(SagaScenario.Order("D-5"));
        await scenario.OrderIsAsync("D-5", "Rejected");
        var answer = await scenario.DecideAsync(correction);
        Assert.False(answer.Accepted);
        Assert.Contains(sentence, answer.Refusal, StringComparison.Ordinal);
        Assert.Single(scenario.Issuer.Calls);
    }

    [Theory]
    [InlineData("123", null, 1, "collectorNumber")]
    [InlineData(null, " ", 1, "locationCode")]
    [InlineData(null, null, 0, "milesAmount")]
    public async Task A_correction_that_is_wrong_itself_is_refused(string? collector, string? location, int miles, string field)
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Rejected);
        await scenario.PublishAsync(SagaScenario.Order("D-5"));
        await scenario.OrderIsAsync("D-5", "Rejected");
        var answer = await scenario.DecideAsync(
            Correct("D-5") with
            {
                CollectorNumber = collector,
                LocationCode = location,
                Offers = [new OfferMiles("STANDARD", null, null, miles)],
            }
        );
        Assert.False(answer.Accepted);
        Assert.Contains(field, answer.Refusal, StringComparison.Ordinal);
        Assert.Single(scenario.Issuer.Calls);
    }

    [Fact]
    public async Task A_cancelled_order_leaves_its_refunds_nothing_and_a_late_yes_brings_both_back()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Unresolved, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-6"));
        var suspended = await scenario.OrderIsAsync("D-6", "Suspended");
        await scenario.PublishAsync(SagaScenario.Refund("D-6F", "D-6", null));
        await scenario.RefundIsAsync("D-6F", "AwaitingIssuance");
        var cancel = Cancel("D-6");
        Assert.True((await scenario.DecideAsync(cancel)).Accepted);
        await scenario.OrderIsAsync("D-6", "Cancelled");
        // The call may have taken effect: its refund waits until somebody states that it has not.
        await scenario.RefundIsAsync("D-6F", "AwaitingIssuance");
        Assert.False((await scenario.DecideAsync(cancel with { OperationId = Guid.NewGuid() })).Accepted);
        Assert.True((await scenario.DecideAsync(cancel with { OperationId = Guid.NewGuid(), NoEffect = true })).Accepted);
        await scenario.RefundIsAsync("D-6F", "NotRequired");

        await scenario.PublishAsync(
            new Sagas.Issuance.IssueConfirmed
            {
                OrderId = "D-6",
                IdempotencyKey = suspended.IdempotencyKey!.Value,
                Pending = false,
                Issuances = [],
                Attempts = [],
            }
        );
        await scenario.OrderIsAsync("D-6", "Issued");
        await scenario.RefundIsAsync("D-6F", "Reversed");
    }

    [Fact]
    public async Task A_cancelled_refund_gives_its_miles_back_to_the_next()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted, StubIssuer.Unresolved, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-7"));
        await scenario.OrderIsAsync("D-7", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("D-7A", "D-7", null));
        await scenario.RefundIsAsync("D-7A", "Suspended");
        Assert.True((await scenario.DecideAsync(RefundDecision.Cancel("D-7A"))).Accepted);
        await scenario.RefundIsAsync("D-7A", "Cancelled");
        Assert.Equal(8, (await scenario.OrderIsAsync("D-7", "Issued")).ReversedMiles);
        Assert.True((await scenario.DecideAsync(RefundDecision.Cancel("D-7A") with { NoEffect = true })).Accepted);
        await TestKit.Eventually.SeeAsync(
            async () => (await scenario.OrderIsAsync("D-7", "Issued")).ReversedMiles,
            miles => miles == 0,
            "the grant to be given back"
        );
        await scenario.PublishAsync(SagaScenario.Refund("D-7B", "D-7", null));
        Assert.Equal(8, (await scenario.RefundIsAsync("D-7B", "Reversed")).Miles);
    }

    [Fact]
    public async Task A_refund_that_waits_is_cancelled_and_gets_nothing_when_its_order_comes()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Refund("D-8F", "D-8", null));
        await scenario.RefundIsAsync("D-8F", "AwaitingIssuance");
        await scenario.OrderIsAsync("D-8", "AwaitingOrder");
        Assert.True((await scenario.DecideAsync(RefundDecision.Cancel("D-8F"))).Accepted);
        await TestKit.Eventually.SeeAsync(
            async () => (await scenario.OrderIsAsync("D-8", "AwaitingOrder")).Claims[0].Status,
            status => status == Sagas.Issuance.ClaimStatus.GivenBack,
            "the claim to be taken back"
        );
        await scenario.PublishAsync(SagaScenario.Order("D-8"));
        Assert.Equal(0, (await scenario.OrderIsAsync("D-8", "Issued")).ReversedMiles);
        await scenario.RefundIsAsync("D-8F", "Cancelled");
    }

    [Fact]
    public async Task A_rejected_refund_is_corrected_claims_again_and_makes_a_new_revision()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted, StubIssuer.Rejected, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-9"));
        await scenario.OrderIsAsync("D-9", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("D-9F", "D-9", null));
        await scenario.RefundIsAsync("D-9F", "Rejected");
        Assert.True(
            (
                await scenario.DecideAsync(
                    RefundDecision.Correct("D-9F") with
                    {
                        LocationCode = "0042",
                        Offers = [new OfferMiles("STANDARD", null, null, 5)],
                    }
                )
            ).Accepted
        );
        var refund = await scenario.RefundIsAsync("D-9F", "Reversed");
        Assert.Equal((2, 5, "R-D-9F"), (refund.Revision, refund.Miles, refund.ClientTransactionId));
        Assert.Equal(
            """{"clientTransactionId":"R-D-9F","collectorNumber":"80085102028","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0042","milesAmount":5}],"originalClientTransactionId":"I-D-9","sponsorCode":"KENY","transactionDateTime":"2026-11-21T20:04:05.123Z"}""",
            Encoding.UTF8.GetString(scenario.Issuer.Calls[^1].Call.Body.Span)
        );
        Assert.Equal(5, (await scenario.OrderIsAsync("D-9", "Issued")).ReversedMiles);
    }

    [Fact]
    public async Task A_refund_that_did_not_fit_is_corrected_to_what_does()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-10"));
        await scenario.OrderIsAsync("D-10", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("D-10F", "D-10", 3));
        await scenario.RefundIsAsync("D-10F", "Rejected");
        Assert.True(
            (
                await scenario.DecideAsync(RefundDecision.Correct("D-10F") with { Offers = [new OfferMiles("STANDARD", null, null, 8)] })
            ).Accepted
        );
        Assert.Equal(8, (await scenario.RefundIsAsync("D-10F", "Reversed")).Miles);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_says_why()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("D-11"));
        await scenario.OrderIsAsync("D-11", "Issued");
        Assert.Equal("The miles are on the account; there is nothing to retry", (await scenario.DecideAsync(Retry("D-11"))).Refusal);
        Assert.Equal("There is no order D-12", (await scenario.DecideAsync(Retry("D-12"))).Refusal);
        Assert.Equal("There is no refund D-12F", (await scenario.DecideAsync(RefundDecision.Cancel("D-12F"))).Refusal);
        Assert.Single(scenario.Issuer.Calls);
    }
}

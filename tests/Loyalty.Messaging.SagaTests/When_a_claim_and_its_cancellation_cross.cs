using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>
/// The messages between a refund and its order come in any order; in the end the order's row holds what its refunds hold.
/// </summary>
public sealed class When_a_claim_and_its_cancellation_cross
{
    [Fact]
    public async Task A_grant_that_comes_to_a_cancelled_refund_is_given_back()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        var refund = SagaScenario.Refund("X-1F", "X-1", null);
        await scenario.PublishAsync(refund);
        await scenario.RefundIsAsync("X-1F", "AwaitingIssuance");
        await scenario.OrderIsAsync("X-1", "AwaitingOrder");
        Assert.True((await scenario.DecideAsync(Cancel("X-1F"))).Accepted);
        // The claim is delivered once more, after what gave it back: as a claim of a correction, which is new to the order.
        await scenario.SendAsync(
            IssuerQueues.IssuanceAddress,
            new ClaimReversal
            {
                OrderId = "X-1",
                Refund = RefundWish.Of(refund),
                Number = 1,
            }
        );
        await scenario.PublishAsync(SagaScenario.Order("X-1"));
        await scenario.OrderIsAsync("X-1", "Issued");
        await Eventually.SeeAsync(
            async () => (await scenario.OrderIsAsync("X-1", "Issued")).Claims is [{ Status: ClaimStatus.GivenBack }],
            back => back,
            "the grant to be given back"
        );
        Assert.Equal(0, (await scenario.OrderIsAsync("X-1", "Issued")).ReversedMiles);
    }

    [Fact]
    public async Task An_answer_to_an_earlier_claim_does_not_reject_the_new_one()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted, StubIssuer.Rejected, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("X-2"));
        await scenario.OrderIsAsync("X-2", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("X-2F", "X-2", null));
        await scenario.RefundIsAsync("X-2F", "Rejected");
        // Of a later claim than the saga knows: not its own, whichever way round.
        await scenario.PublishAsync(SagaScenario.Refund("X-2G", "X-3", null));
        await scenario.RefundIsAsync("X-2G", "AwaitingIssuance");
        await scenario.SendAsync(
            IssuerQueues.ReversalAddress,
            new ReversalRefused
            {
                RefundId = "X-2G",
                Number = 7,
                Reason = "of another claim",
            }
        );
        await scenario.SendAsync(
            IssuerQueues.ReversalAddress,
            new ReversalNotNeeded
            {
                RefundId = "X-2G",
                Number = 7,
                Reason = "of another claim",
            }
        );
        Assert.True(await scenario.Harness.Consumed.Any<ReversalRefused>(answer => answer.Context.Message.Number == 7));
        Assert.True(await scenario.Harness.Consumed.Any<ReversalNotNeeded>(answer => answer.Context.Message.Number == 7));
        await scenario.RefundIsAsync("X-2G", "AwaitingIssuance");
        Assert.True((await scenario.DecideAsync(Cancel("X-2G"))).Accepted);
        await scenario.RefundIsAsync("X-2G", "Cancelled");
    }

    [Fact]
    public async Task A_yes_after_a_clean_no_takes_the_miles_again()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted, StubIssuer.Rejected);
        await scenario.PublishAsync(SagaScenario.Order("X-4"));
        await scenario.OrderIsAsync("X-4", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("X-4F", "X-4", null));
        var refund = await scenario.RefundIsAsync("X-4F", "Rejected");
        await Eventually.SeeAsync(
            async () => (await scenario.OrderIsAsync("X-4", "Issued")).ReversedMiles,
            miles => miles == 0,
            "the grant to be given back"
        );
        await scenario.SendAsync(
            IssuerQueues.ReversalAddress,
            new ReverseConfirmed
            {
                RefundId = "X-4F",
                IdempotencyKey = refund.IdempotencyKey!.Value,
                Pending = false,
                Issuances = [],
                Attempts = [],
            }
        );
        await scenario.RefundIsAsync("X-4F", "Reversed");
        await Eventually.SeeAsync(
            async () => (await scenario.OrderIsAsync("X-4", "Issued")).ReversedMiles,
            miles => miles == 8,
            "the miles to be counted again"
        );
    }

    [Theory]
    [InlineData("order")]
    [InlineData("refund")]
    public async Task A_no_to_what_was_pending_is_shown_to_a_person(string what)
    {
        CallOutcome[] answers =
            what == "order"
                ? [StubIssuer.AcceptedAsPending, StubIssuer.Rejected]
                : [StubIssuer.Accepted, StubIssuer.AcceptedAsPending, StubIssuer.Rejected];
        await using var scenario = await SagaScenario.StartAsync(answers);
        await scenario.PublishAsync(SagaScenario.Order("X-5"));
        if (what == "order")
        {
            await scenario.OrderIsAsync("X-5", "Pending");
            Assert.True((await scenario.DecideAsync(OrderDecision.Retry("X-5"))).Accepted);
            var order = await scenario.OrderIsAsync("X-5", "Suspended");
            Assert.True(order.EffectUnknown);
            Assert.Contains("the issuer says no", order.Reason, StringComparison.Ordinal);
            return;
        }
        await scenario.OrderIsAsync("X-5", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("X-5F", "X-5", null));
        await scenario.RefundIsAsync("X-5F", "Pending");
        Assert.True((await scenario.DecideAsync(RefundDecision.Retry("X-5F"))).Accepted);
        Assert.True((await scenario.RefundIsAsync("X-5F", "Suspended")).EffectUnknown);
        Assert.Equal(8, (await scenario.OrderIsAsync("X-5", "Issued")).ReversedMiles);
    }

    static CancelReversal Cancel(string refundId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            RefundId = refundId,
            Actor = "ann",
            Reason = "a mistake",
        };
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

public sealed class When_the_issuer_answers
{
    [Fact]
    public async Task A_suspended_order_takes_the_answer_that_came_after_all()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Unresolved);
        await scenario.PublishAsync(SagaScenario.Order("S-1"));
        var suspended = await scenario.OrderIsAsync("S-1", "Suspended");
        await scenario.PublishAsync(SagaScenario.Refund("S-F", "S-1", null));
        await scenario.RefundIsAsync("S-F", "AwaitingIssuance");

        await scenario.PublishAsync(
            new IssueConfirmed
            {
                OrderId = "S-1",
                IdempotencyKey = suspended.IdempotencyKey!.Value,
                Pending = false,
                Issuances = [],
                Attempts = [],
            }
        );
        await scenario.OrderIsAsync("S-1", "Issued");
        await scenario.RefundIsAsync("S-F", "Suspended"); // The stub goes on answering "unresolved": the claim was granted and called.
    }

    [Fact]
    public async Task An_answer_to_another_revision_tells_nothing()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Unresolved);
        await scenario.PublishAsync(SagaScenario.Order("S-2"));
        await scenario.OrderIsAsync("S-2", "Suspended");
        await scenario.PublishAsync(
            new IssueRejected
            {
                OrderId = "S-2",
                IdempotencyKey = Guid.NewGuid(),
                Reason = "stale",
                Attempts = [],
            }
        );
        await scenario.PublishAsync(SagaScenario.Order("S-2", 1)); // A later delivery: when it is dealt with, the stale answer has been.
        Assert.True(await scenario.Harness.Consumed.Any<OrderCompleted>(order => order.Context.Message.Lines[0].Amount == 1));
        await scenario.OrderIsAsync("S-2", "Suspended");
    }

    [Fact]
    public async Task A_pending_order_is_settled_and_its_confirmation_makes_it_issued()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.AcceptedAsPending, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("S-3"));
        var pending = await scenario.OrderIsAsync("S-3", "Pending");
        await scenario.PublishAsync(SagaScenario.Refund("S-3F", "S-3", 1));
        await scenario.RefundIsAsync("S-3F", "Reversed");
        await scenario.PublishAsync(
            new IssueConfirmed
            {
                OrderId = "S-3",
                IdempotencyKey = pending.IdempotencyKey!.Value,
                Pending = false,
                Issuances = [],
                Attempts = [],
            }
        );
        await scenario.OrderIsAsync("S-3", "Issued");
    }

    [Fact]
    public async Task A_rejected_order_makes_its_waiting_refund_unnecessary_and_a_late_yes_brings_it_back()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Rejected, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Refund("S-4F", "S-4", null));
        await scenario.RefundIsAsync("S-4F", "AwaitingIssuance");
        await scenario.PublishAsync(SagaScenario.Order("S-4"));
        var rejected = await scenario.OrderIsAsync("S-4", "Rejected");
        await scenario.RefundIsAsync("S-4F", "NotRequired");
        Assert.Equal(ClaimStatus.NotRequired, Assert.Single(rejected.Claims).Status);

        await scenario.PublishAsync(
            new IssueConfirmed
            {
                OrderId = "S-4",
                IdempotencyKey = rejected.IdempotencyKey!.Value,
                Pending = false,
                Issuances = [],
                Attempts = [],
            }
        );
        await scenario.RefundIsAsync("S-4F", "Reversed");
    }

    [Fact]
    public async Task The_call_says_what_the_order_says_to_the_byte()
    {
        await using var scenario = await SagaScenario.StartAsync();
        await scenario.PublishAsync(SagaScenario.Order("S-5"));
        await scenario.OrderIsAsync("S-5", "Issued");
        var (_, call) = Assert.Single(scenario.Issuer.Calls);
        Assert.Equal(
            """{"clientTransactionId":"I-S-5","collectorNumber":"80085102028","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8}],"sponsorCode":"KENY","transactionDateTime":"2026-11-21T20:04:05.123Z"}""",
            System.Text.Encoding.UTF8.GetString(call.Body.Span)
        );
        Assert.Equal(IdempotencyKey.For("issue", "S-5", 1), call.IdempotencyKey);
    }

    [Theory]
    [InlineData("USD", "KENY", "currency")]
    [InlineData("CAD", "OTHR", "sponsorCode")]
    public async Task What_our_terms_do_not_cover_is_rejected_before_a_call(string currency, string sponsor, string field)
    {
        await using var scenario = await SagaScenario.StartAsync();
        await scenario.PublishAsync(SagaScenario.Order("S-6") with { Currency = currency, SponsorCode = sponsor });
        var order = await scenario.OrderIsAsync("S-6", "Rejected");
        Assert.Contains(field, order.Reason, StringComparison.Ordinal);
        Assert.Empty(scenario.Issuer.Calls);
        Assert.True(await scenario.Harness.Published.Any<MilesIssuanceRejected>());
    }

    [Fact]
    public void A_collector_has_one_queue_and_the_queues_share_the_work()
    {
        var queues = new IssuerQueues(16);
        var used = Enumerable.Range(0, 10_000).GroupBy(number => queues.AddressOf($"8{number:0000000000}")).ToList();
        Assert.Equal(16, used.Count);
        Assert.All(used, queue => Assert.InRange(queue.Count(), 400, 900));
        Assert.Equal(new Uri("exchange:loyalty.issuer-00"), new IssuerQueues(1).AddressOf("80085102028"));
    }
}

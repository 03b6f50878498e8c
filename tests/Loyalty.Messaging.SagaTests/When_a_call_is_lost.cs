using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>A call whose answer never comes goes again, by itself or because somebody asks: the same key, the same bytes.</summary>
public sealed class When_a_call_is_lost
{
    [Fact]
    public async Task An_order_sends_it_again_when_it_is_told()
    {
        var time = new FakeTimeProvider(SagaScenario.Terms.Now);
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                Time = time,
            },
            StubIssuer.Silent,
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Order("L-1"));
        var order = await scenario.OrderIsAsync("L-1", "Issuing");
        await scenario.CallsAreAsync(1);
        var lost = new IssuanceCallLost { OrderId = "L-1", IdempotencyKey = order.IdempotencyKey!.Value };
        // Too soon: it may be on its way.
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost with { IdempotencyKey = Guid.NewGuid() });
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        await scenario.OrderIsAsync("L-1", "Issued");
        Assert.Equal([order.IdempotencyKey, order.IdempotencyKey], scenario.Issuer.Calls.Select(call => (Guid?)call.Call.IdempotencyKey));
    }

    [Fact]
    public async Task A_refund_sends_it_again_when_it_is_told()
    {
        var time = new FakeTimeProvider(SagaScenario.Terms.Now);
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                Time = time,
            },
            StubIssuer.Accepted,
            StubIssuer.Silent,
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Order("L-2"));
        await scenario.OrderIsAsync("L-2", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("L-2F", "L-2", null));
        var refund = await scenario.RefundIsAsync("L-2F", "Reversing");
        await scenario.CallsAreAsync(2);
        time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(
            IssuerQueues.ReversalAddress,
            new ReversalCallLost { RefundId = "L-2F", IdempotencyKey = refund.IdempotencyKey!.Value }
        );
        await scenario.RefundIsAsync("L-2F", "Reversed");
    }

    [Fact]
    public async Task One_whose_key_the_issuer_may_have_forgotten_is_a_persons()
    {
        var time = new FakeTimeProvider(SagaScenario.Terms.Now);
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                Time = time,
            },
            StubIssuer.Silent,
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Order("L-5"));
        var order = await scenario.OrderIsAsync("L-5", "Issuing");
        await scenario.CallsAreAsync(1);
        time.Advance(SagaScenario.Terms.Timing.KeyLifetime);
        await scenario.SendAsync(
            IssuerQueues.IssuanceAddress,
            new IssuanceCallLost { OrderId = "L-5", IdempotencyKey = order.IdempotencyKey!.Value }
        );
        Assert.Contains("forgotten its key", (await scenario.OrderIsAsync("L-5", "Suspended")).Reason, StringComparison.Ordinal);
        await scenario.CallsAreAsync(1);
    }

    /// <summary>To an issuer that has forgotten the key the same call is another one.</summary>
    [Fact]
    public async Task One_that_may_have_taken_effect_is_made_again_by_a_person_only_when_two_have_said_so()
    {
        var time = new FakeTimeProvider(SagaScenario.Terms.Now);
        var terms = SagaScenario.Terms with
        {
            Time = time,
            Timing = new SagaTiming { RetryDelays = [] },
        };
        await using var scenario = await SagaScenario.StartAsync(
            terms,
            StubIssuer.Unresolved,
            StubIssuer.Accepted,
            StubIssuer.Unresolved,
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Order("L-7"));
        await scenario.OrderIsAsync("L-7", "Suspended");
        time.Advance(terms.Timing.KeyLifetime);
        var retry = new RetryIssuance
        {
            OperationId = Guid.NewGuid(),
            OrderId = "L-7",
            Actor = "ann",
            Reason = "test",
        };
        Assert.Contains("it may take effect twice", (await scenario.DecideAsync(retry)).Refusal, StringComparison.Ordinal);
        await scenario.CallsAreAsync(1);
        Assert.True((await scenario.DecideAsync(retry with { OperationId = Guid.NewGuid(), EvenIfForgotten = true })).Accepted);
        await scenario.OrderIsAsync("L-7", "Issued");

        await scenario.PublishAsync(SagaScenario.Refund("L-7F", "L-7", null));
        await scenario.RefundIsAsync("L-7F", "Suspended");
        time.Advance(terms.Timing.KeyLifetime);
        var again = new RetryReversal
        {
            OperationId = Guid.NewGuid(),
            RefundId = "L-7F",
            Actor = "ann",
            Reason = "test",
        };
        Assert.Contains("it may take effect twice", (await scenario.DecideAsync(again)).Refusal, StringComparison.Ordinal);
        await scenario.CallsAreAsync(3);
        Assert.True((await scenario.DecideAsync(again with { OperationId = Guid.NewGuid(), EvenIfForgotten = true })).Accepted);
        await scenario.RefundIsAsync("L-7F", "Reversed");
    }

    [Fact]
    public async Task A_person_may_retry_it_at_any_time()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Silent, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("L-3"));
        await scenario.OrderIsAsync("L-3", "Issuing");
        await scenario.CallsAreAsync(1);
        Assert.True(
            (
                await scenario.DecideAsync(
                    new RetryIssuance
                    {
                        OperationId = Guid.NewGuid(),
                        OrderId = "L-3",
                        Actor = "ann",
                        Reason = "nothing comes",
                    }
                )
            ).Accepted
        );
        await scenario.OrderIsAsync("L-3", "Issued");
    }

    [Fact]
    public async Task A_no_to_what_was_sent_again_proves_nothing()
    {
        var time = new FakeTimeProvider(SagaScenario.Terms.Now);
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                Time = time,
            },
            StubIssuer.Silent,
            StubIssuer.Rejected
        );
        await scenario.PublishAsync(SagaScenario.Order("L-4"));
        var order = await scenario.OrderIsAsync("L-4", "Issuing");
        await scenario.CallsAreAsync(1);
        time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(
            IssuerQueues.IssuanceAddress,
            new IssuanceCallLost { OrderId = "L-4", IdempotencyKey = order.IdempotencyKey!.Value }
        );
        await scenario.OrderIsAsync("L-4", "Suspended");
    }
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>A call whose answer never comes goes again, by itself or because somebody asks: the same key, the same bytes.</summary>
public sealed class When_a_call_is_lost
{
    readonly FakeTimeProvider _time = new(SagaScenario.Terms.Now);

    [Fact]
    public async Task An_order_sends_it_again_when_it_is_told()
    {
        await using var scenario = await StartAsync(StubIssuer.Silent, StubIssuer.Accepted);
        var lost = await UnansweredAsync(scenario, "L-1");
        // Too soon: it may be on its way.
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        _time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost with { IdempotencyKey = Guid.NewGuid() });
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        await scenario.OrderIsAsync("L-1", "Issued");
        Assert.Equal([lost.IdempotencyKey, lost.IdempotencyKey], scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey));
    }

    [Fact]
    public async Task A_refund_sends_it_again_when_it_is_told()
    {
        await using var scenario = await StartAsync(StubIssuer.Accepted, StubIssuer.Silent, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("L-2"));
        await scenario.OrderIsAsync("L-2", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("L-2F", "L-2", null));
        var refund = await scenario.RefundIsAsync("L-2F", "Reversing");
        await scenario.CallsAreAsync(2);
        _time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(
            IssuerQueues.ReversalAddress,
            new ReversalCallLost { RefundId = "L-2F", IdempotencyKey = refund.IdempotencyKey!.Value }
        );
        await scenario.RefundIsAsync("L-2F", "Reversed");
    }

    [Fact]
    public async Task One_whose_key_the_issuer_may_have_forgotten_is_a_persons()
    {
        await using var scenario = await StartAsync(StubIssuer.Silent, StubIssuer.Accepted);
        var lost = await UnansweredAsync(scenario, "L-5");
        _time.Advance(SagaScenario.Terms.Timing.KeyLifetime);
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        Assert.Contains("forgotten its key", (await scenario.OrderIsAsync("L-5", "Suspended")).Reason, StringComparison.Ordinal);
        await scenario.CallsAreAsync(1);
    }

    /// <summary>To an issuer that has forgotten the key the same call is another one.</summary>
    [Fact]
    public async Task One_that_may_have_taken_effect_is_made_again_by_a_person_only_when_two_have_said_so()
    {
        await using var scenario = await StartAsync(StubIssuer.Unresolved, StubIssuer.Accepted, StubIssuer.Unresolved, StubIssuer.Accepted);
        await scenario.PublishAsync(SagaScenario.Order("L-7"));
        await scenario.OrderIsAsync("L-7", "Suspended");
        _time.Advance(SagaScenario.Terms.Timing.KeyLifetime);
        var retry = OrderDecision.Retry("L-7");
        Assert.Contains("it may take effect twice", (await scenario.DecideAsync(retry)).Refusal, StringComparison.Ordinal);
        await scenario.CallsAreAsync(1);
        Assert.True((await scenario.DecideAsync(retry with { OperationId = Guid.NewGuid(), EvenIfForgotten = true })).Accepted);
        await scenario.OrderIsAsync("L-7", "Issued");

        await scenario.PublishAsync(SagaScenario.Refund("L-7F", "L-7", null));
        await scenario.RefundIsAsync("L-7F", "Suspended");
        _time.Advance(SagaScenario.Terms.Timing.KeyLifetime);
        var again = RefundDecision.Retry("L-7F");
        Assert.Contains("it may take effect twice", (await scenario.DecideAsync(again)).Refusal, StringComparison.Ordinal);
        await scenario.CallsAreAsync(3);
        Assert.True((await scenario.DecideAsync(again with { OperationId = Guid.NewGuid(), EvenIfForgotten = true })).Accepted);
        await scenario.RefundIsAsync("L-7F", "Reversed");
    }

    [Fact]
    public async Task A_person_may_retry_it_at_any_time()
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Silent, StubIssuer.Accepted);
        await UnansweredAsync(scenario, "L-3");
        Assert.True((await scenario.DecideAsync(OrderDecision.Retry("L-3"))).Accepted);
        await scenario.OrderIsAsync("L-3", "Issued");
    }

    [Fact]
    public async Task A_no_to_what_was_sent_again_proves_nothing()
    {
        await using var scenario = await StartAsync(StubIssuer.Silent, StubIssuer.Rejected);
        var lost = await UnansweredAsync(scenario, "L-4");
        _time.Advance(SagaScenario.Terms.Timing.CallLostAfter);
        await scenario.SendAsync(IssuerQueues.IssuanceAddress, lost);
        await scenario.OrderIsAsync("L-4", "Suspended");
    }

    Task<SagaScenario> StartAsync(params CallOutcome[] answers) =>
        SagaScenario.StartAsync(SagaScenario.Terms with { Time = _time }, answers);

    /// <summary>An order whose call has been made, and nothing comes.</summary>
    /// <returns>What tells the order so.</returns>
    static async Task<IssuanceCallLost> UnansweredAsync(SagaScenario scenario, string orderId)
    {
        await scenario.PublishAsync(SagaScenario.Order(orderId));
        var order = await scenario.OrderIsAsync(orderId, "Issuing");
        await scenario.CallsAreAsync(1);
        return new IssuanceCallLost { OrderId = orderId, IdempotencyKey = order.IdempotencyKey!.Value };
    }
}

using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>What the tables of states say that a person may decide is what the machines do, and they refuse the rest.</summary>
public sealed class When_acts_are_offered
{
    public static TheoryData<string> OrderStates => [.. IssuanceStates.All.Select(state => state.Name)];
    public static TheoryData<string> RefundStates => [.. ReversalStates.All.Select(state => state.Name)];

    [Theory, MemberData(nameof(OrderStates))]
    public async Task An_order_takes_them_in_this_state_and_no_others(string state)
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        var taken = PersonActs.None;
        foreach (var act in new[] { PersonActs.Approve, PersonActs.Retry, PersonActs.Correct, PersonActs.Cancel })
        {
            var id = $"O-{act}";
            await scenario.PublishAsync(SagaScenario.Order(id));
            (await scenario.OrderIsAsync(id, nameof(IssuanceStateMachine.Issued))).CurrentState = state;
            if ((await DecideAsync(scenario, act, id)).Accepted)
                taken |= act;
        }

        Assert.Equal(IssuanceStates.All.Single(each => each.Name == state).Acts, taken);
    }

    [Theory, MemberData(nameof(RefundStates))]
    public async Task A_refund_takes_them_in_this_state_and_no_others(string state)
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Accepted);
        var taken = PersonActs.None;
        foreach (var act in new[] { PersonActs.Retry, PersonActs.Correct, PersonActs.Cancel })
        {
            var id = $"R-{act}";
            await scenario.PublishAsync(SagaScenario.Order($"O-{id}"));
            await scenario.PublishAsync(SagaScenario.Refund(id, $"O-{id}", null));
            (await scenario.RefundIsAsync(id, nameof(ReversalStateMachine.Reversed))).CurrentState = state;
            if ((await DecideOfRefundAsync(scenario, act, id)).Accepted)
                taken |= act;
        }

        Assert.Equal(ReversalStates.All.Single(each => each.Name == state).Acts, taken);
    }

    static Task<DecisionAnswer> DecideAsync(SagaScenario scenario, PersonActs act, string orderId) =>
        act switch
        {
            PersonActs.Approve => scenario.DecideAsync(OrderDecision.Approve(orderId)),
            PersonActs.Retry => scenario.DecideAsync(OrderDecision.Retry(orderId)),
            PersonActs.Correct => scenario.DecideAsync(OrderDecision.Correct(orderId) with { LocationCode = "0099" }),
            _ => scenario.DecideAsync(OrderDecision.Cancel(orderId)),
        };

    static Task<DecisionAnswer> DecideOfRefundAsync(SagaScenario scenario, PersonActs act, string refundId) =>
        act switch
        {
            PersonActs.Retry => scenario.DecideAsync(RefundDecision.Retry(refundId)),
            PersonActs.Correct => scenario.DecideAsync(RefundDecision.Correct(refundId) with { LocationCode = "0099" }),
            _ => scenario.DecideAsync(RefundDecision.Cancel(refundId)),
        };
}

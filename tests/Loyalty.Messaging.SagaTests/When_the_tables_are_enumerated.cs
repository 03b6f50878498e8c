using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>Every event in every state is handled, or ignored on purpose: nothing is left to a default.</summary>
public sealed class When_the_tables_are_enumerated
{
    [Fact]
    public void The_issuance_table_is_total() => AssertTotal(new IssuanceStateMachine(SagaScenario.Terms));

    [Fact]
    public void The_reversal_table_is_total() => AssertTotal(new ReversalStateMachine(SagaScenario.Terms));

    static void AssertTotal<T>(MassTransitStateMachine<T> machine)
        where T : class, SagaStateMachineInstance
    {
        var missing =
            from state in machine.States
            where state != machine.Initial && state != machine.Final
            from @event in machine.Events
            where !machine.NextEvents(state).Contains(@event)
            orderby state.Name, @event.Name
            select $"{state.Name}/{@event.Name}";
        Assert.True(!missing.Any(), $"neither handled nor ignored:\n{string.Join('\n', missing)}");
    }
}

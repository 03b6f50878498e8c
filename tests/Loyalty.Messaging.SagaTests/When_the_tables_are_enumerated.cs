using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>
/// Every event in every state is handled, ignored on purpose, or listed here as impossible: nothing is left to a default.
/// </summary>
public sealed class When_the_tables_are_enumerated
{
    [Fact]
    public void The_issuance_table_is_total() => AssertTotal(new IssuanceStateMachine(SagaScenario.Terms));

    [Fact]
    public void The_reversal_table_is_total() => AssertTotal(new ReversalStateMachine(SagaScenario.Terms));

    [Fact]
    public void The_states_have_the_names_that_are_stored_and_shown()
    {
        Assert.Equal(
            ["AwaitingOrder", "Cancelled", "Held", "Issued", "Issuing", "NotEarned", "Pending", "Rejected", "Suspended"],
            Names(new IssuanceStateMachine(SagaScenario.Terms))
        );
        Assert.Equal(
            ["AwaitingIssuance", "Cancelled", "NotRequired", "Pending", "Rejected", "Reversed", "Reversing", "Suspended"],
            Names(new ReversalStateMachine(SagaScenario.Terms))
        );
    }

    static IEnumerable<string> Names<T>(MassTransitStateMachine<T> machine)
        where T : class, SagaStateMachineInstance =>
        machine.States.Select(state => state.Name).Except(["Initial", "Final"]).Order(StringComparer.Ordinal);

    static void AssertTotal<T>(MassTransitStateMachine<T> machine, params string[] impossible)
        where T : class, SagaStateMachineInstance
    {
        var missing =
            from state in machine.States
            where state != machine.Initial && state != machine.Final
            from @event in machine.Events
            where !machine.NextEvents(state).Contains(@event)
            select $"{state.Name}/{@event.Name}";
        Assert.Equal(impossible.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal));
    }
}

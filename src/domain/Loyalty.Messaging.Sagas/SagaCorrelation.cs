using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas;

/// <summary>What comes for a saga that is not there.</summary>
internal static class SagaCorrelation
{
    /// <summary>It should be there: a dead letter.</summary>
    public static void ToExisting<TSaga, T>(this IEventCorrelationConfigurator<TSaga, T> configurator, Func<T, Guid> id)
        where TSaga : class, SagaStateMachineInstance
        where T : class => configurator.CorrelateById(context => id(context.Message)).OnMissingInstance(missing => missing.Fault());

    /// <summary>A person may be mistaken: nothing is created, and the answer says so.</summary>
    /// <param name="what"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    public static void ToKnown<TSaga, T>(this IEventCorrelationConfigurator<TSaga, T> configurator, Func<T, Guid> id, Func<T, string> what)
        where TSaga : class, SagaStateMachineInstance
        where T : class, IDecision =>
        configurator
            .CorrelateById(context => id(context.Message))
            .OnMissingInstance(missing => missing.ExecuteAsync(context => DecisionVerbs.MissingAsync(context, what(context.Message))));
}

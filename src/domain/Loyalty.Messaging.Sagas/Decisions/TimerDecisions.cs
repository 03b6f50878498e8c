using MassTransit;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>A decision about a timer.</summary>
public interface ITimerDecision : IDecision
{
    /// <summary>The new time, now or later; null: there is no timer any more. A call whose next try is taken away is suspended.</summary>
    DateTimeOffset? DueAt { get; }
}

/// <summary>The timer of an order goes off at another time, or not at all.</summary>
public sealed record MoveIssuanceTimer : Decision, ITimerDecision
{
    public required string OrderId { get; init; }

    /// <inheritdoc cref="ITimerDecision.DueAt"/>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>The timer of a refund goes off at another time, or not at all.</summary>
public sealed record MoveReversalTimer : Decision, ITimerDecision
{
    public required string RefundId { get; init; }

    /// <inheritdoc cref="ITimerDecision.DueAt"/>
    public DateTimeOffset? DueAt { get; init; }
}

internal static class TimerDecision
{
    public static string? Refusal<TSaga, T>(TSaga saga, T decision)
        where TSaga : IHasTimer
        where T : ITimerDecision => saga.TimerToken is null ? "There is no timer; the call is on its way" : null;

    public static bool IsRemoval<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance
        where T : class, ITimerDecision => context.Message.DueAt is null;

    public static EventActivityBinder<TSaga, T> RemoveTimer<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class, ITimerDecision =>
        binder
            .Then(context => context.Note(Notes.Timer.Of("removed", context.Saga.TimerDueAt ?? terms.Now, "The timer was taken away")))
            .ClearTimer();
}

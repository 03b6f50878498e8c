using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>What people's decisions change of a call.</summary>
internal static class CallDecisions
{
    public static EventActivityBinder<TSaga, T> Touch<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : class => binder.Then(context => context.Saga.UpdatedAt = terms.Now);

    /// <summary>The effect stays unknown, unless the decision says that the issuer has none.</summary>
    public static EventActivityBinder<TSaga, T> StateNoEffect<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : class, ICancellation => binder.Then(context => context.Saga.EffectUnknown &= !context.Message.NoEffect).Touch(terms);

    /// <summary>A call whose next try was removed.</summary>
    public static EventActivityBinder<TSaga, T> SuspendBy<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : class, ITimerDecision =>
        binder
            .Then(context => context.Saga.Reason = $"{context.Message.Actor} removed the next try: {context.Message.Reason}")
            .Touch(terms);

    /// <returns>Why the timer cannot be moved; null when it can.</returns>
    public static string? TimerRefusal<TSaga, T>(TSaga saga, T decision)
        where TSaga : IHasTimer
        where T : ITimerDecision => saga.TimerToken is null ? "There is no timer to move" : null;

    public static bool IsRemoval<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance
        where T : class, ITimerDecision => context.Message.DueAt is null;

    public static EventActivityBinder<TSaga, T> RemoveTimer<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class, ITimerDecision =>
        binder
            .Then(context => context.Note(Notes.Timer.Of("removed", context.Saga.TimerDueAt ?? terms.Now, "The timer was removed")))
            .ClearTimer();

    /// <summary>What is in the past fires now.</summary>
    public static EventActivityBinder<TSaga, T> MoveTimer<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : class, ITimerDecision =>
        binder.ThenAsync(async context =>
        {
            var due = context.Message.DueAt!.Value < terms.Now ? terms.Now : context.Message.DueAt.Value;
            await TSaga.Call.SetTimerAsync(context, due);
            context.Note(Notes.Timer.Of("moved", due, "The timer was moved"));
        });
}

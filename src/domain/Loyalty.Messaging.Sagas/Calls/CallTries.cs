using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// Tries over minutes and hours, and the question whether what is pending has become final. The timer is a row: it survives every restart.
/// </summary>
internal static class CallTries
{
    /// <summary>The next durable try; one that was put off because the issuer is down counts as none.</summary>
    public static EventActivityBinder<TSaga, T> TryLater<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallUnresolved =>
        binder.ThenAsync(async context =>
        {
            var (saga, message) = (context.Saga, context.Message);
            var wait = Wait(saga, message, terms)!.Value;
            if (!message.Postponed)
                saga.Tries++;
            (saga.Reason, saga.UpdatedAt, saga.CalledAt) = (message.Reason, terms.Now, terms.Now);
            context.NoteCall();
            await TSaga.Call.SetTimerAsync(context, terms.Now + wait);
            context.Note(
                Notes.Timer.Of(
                    "retry",
                    saga.TimerDueAt!.Value,
                    message.Postponed ? "Put off: the issuer is down" : $"Try {saga.Tries + 1} of {terms.Timing.RetryDelays.Count + 1}"
                )
            );
        });

    public static bool MayTryLater<TSaga, T>(SagaTerms terms, BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallUnresolved => Wait(context.Saga, context.Message, terms) is not null;

    static TimeSpan? Wait<TSaga>(TSaga saga, CallUnresolved message, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
    {
        var wait = message.Postponed ? terms.Timing.PostponedFor : terms.Timing.NextTry(saga.Tries, message.RetryAfter, saga.CorrelationId);
        return saga.EffectUnknown ? terms.Timing.WithinKeyLifetime(wait, saga.RequestedAt, terms.Now) : wait;
    }

    /// <summary>
    /// Accepted as pending: the same call is made again after a while, if that is configured, to learn whether it is final.
    /// </summary>
    public static EventActivityBinder<TSaga, T> AskAgainLater<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var saga = context.Saga;
            if (
                saga.Tries >= terms.Timing.ConfirmPendingTries
                || terms.Timing.WithinKeyLifetime(terms.Timing.ConfirmPendingAfter, saga.RequestedAt, terms.Now) is not { } wait
            )
                return;
            await TSaga.Call.SetTimerAsync(context, terms.Now + wait);
            context.Note(Notes.Timer.Of("confirm", saga.TimerDueAt!.Value, TSaga.Call.Question));
        });
}

using MassTransit;
using UnresolvedBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Reversal.ReversalState,
    Loyalty.Messaging.Sagas.Reversal.ReverseUnresolved
>;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>
/// Tries over minutes and hours, and the question whether what is pending has become final. The timer is a row: it survives every restart.
/// </summary>
internal static class ReversalTries
{
    /// <summary>The next durable try; one that was put off because the issuer is down counts as none.</summary>
    public static UnresolvedBinder TryLater(this UnresolvedBinder binder, SagaTerms terms) =>
        binder.ThenAsync(async context =>
        {
            var (saga, message) = (context.Saga, context.Message);
            var wait = Wait(saga, message, terms)!.Value;
            if (!message.Postponed)
                saga.Tries++;
            (saga.Reason, saga.UpdatedAt, saga.CalledAt) = (message.Reason, terms.Now, terms.Now);
            context.Note(Notes.Call.Made("reverse-event", message.IdempotencyKey, message.Attempts));
            await context.SetTimerAsync(IssuerQueues.ReversalAddress, terms.Now + wait, new ReversalTimer { RefundId = saga.RefundId });
            context.Note(
                Notes.Timer.Of(
                    "retry",
                    saga.TimerDueAt!.Value,
                    message.Postponed ? "Put off: the issuer is down" : $"Try {saga.Tries + 1} of {terms.Timing.RetryDelays.Count + 1}"
                )
            );
        });

    public static bool MayTryLater(SagaTerms terms, BehaviorContext<ReversalState, ReverseUnresolved> context) =>
        Wait(context.Saga, context.Message, terms) is not null;

    static TimeSpan? Wait(ReversalState saga, ReverseUnresolved message, SagaTerms terms)
    {
        var wait = message.Postponed ? terms.Timing.PostponedFor : terms.Timing.NextTry(saga.Tries, message.RetryAfter, saga.CorrelationId);
        return saga.EffectUnknown ? terms.Timing.WithinKeyLifetime(wait, saga.RequestedAt, terms.Now) : wait;
    }

    /// <summary>
    /// Accepted as pending: the same call is made again after a while, if that is configured, to learn whether it is final.
    /// </summary>
    public static EventActivityBinder<ReversalState, T> AskAgainLater<T>(this EventActivityBinder<ReversalState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            if (
                context.Saga.Tries >= terms.Timing.ConfirmPendingTries
                || terms.Timing.WithinKeyLifetime(terms.Timing.ConfirmPendingAfter, context.Saga.RequestedAt, terms.Now) is not { } wait
            )
                return;
            await context.SetTimerAsync(
                IssuerQueues.ReversalAddress,
                terms.Now + wait,
                new ReversalTimer { RefundId = context.Saga.RefundId }
            );
            context.Note(Notes.Timer.Of("confirm", context.Saga.TimerDueAt!.Value, "Whether the pending reversal is final"));
        });

    /// <summary>Its order has not come within the expected time: shown, and told again until it comes or the refund is cancelled.</summary>
    public static EventActivityBinder<ReversalState, ReversalOverdue> RecordOverdue(
        this EventActivityBinder<ReversalState, ReversalOverdue> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            (context.Saga.Reason, context.Saga.UpdatedAt) = (context.Message.Reason, terms.Now);
            context.Note(Notes.Text.Of("overdue", context.Message.Reason));
        });

    /// <summary>An answer that changes nothing is kept for people to read.</summary>
    public static EventActivityBinder<ReversalState, T> NoteCall<T>(
        this EventActivityBinder<ReversalState, T> binder,
        SagaTerms terms,
        Func<T, Notes.Call> call
    )
        where T : class =>
        binder.Then(context =>
        {
            context.Note(call(context.Message));
            (context.Saga.CalledAt, context.Saga.UpdatedAt) = (terms.Now, terms.Now);
        });
}

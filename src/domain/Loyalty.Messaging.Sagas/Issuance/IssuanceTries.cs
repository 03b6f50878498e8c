using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;
using UnresolvedBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Issuance.IssuanceState,
    Loyalty.Messaging.Sagas.Issuance.IssueUnresolved
>;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// Tries over minutes and hours, and the question whether what is pending has become final. The timer is a row: it survives every restart.
/// </summary>
internal static class IssuanceTries
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
            context.Note(Notes.Call.Made("post-event", message.IdempotencyKey, message.Attempts));
            await context.SetTimerAsync(IssuerQueues.IssuanceAddress, terms.Now + wait, new IssuanceTimer { OrderId = saga.OrderId });
            context.Note(
                Notes.Timer.Of(
                    "retry",
                    saga.TimerDueAt!.Value,
                    message.Postponed ? "Put off: the issuer is down" : $"Try {saga.Tries + 1} of {terms.Timing.RetryDelays.Count + 1}"
                )
            );
        });

    public static bool MayTryLater(SagaTerms terms, BehaviorContext<IssuanceState, IssueUnresolved> context) =>
        Wait(context.Saga, context.Message, terms) is not null;

    static TimeSpan? Wait(IssuanceState saga, IssueUnresolved message, SagaTerms terms)
    {
        var wait = message.Postponed ? terms.Timing.PostponedFor : terms.Timing.NextTry(saga.Tries, message.RetryAfter, saga.CorrelationId);
        return saga.EffectUnknown ? terms.Timing.WithinKeyLifetime(wait, saga.RequestedAt, terms.Now) : wait;
    }

    /// <summary>
    /// Accepted as pending: the same call is made again after a while, if that is configured, to learn whether it is final.
    /// </summary>
    public static EventActivityBinder<IssuanceState, T> AskAgainLater<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            if (
                context.Saga.Tries >= terms.Timing.ConfirmPendingTries
                || terms.Timing.WithinKeyLifetime(terms.Timing.ConfirmPendingAfter, context.Saga.RequestedAt, terms.Now) is not { } wait
            )
                return;
            await context.SetTimerAsync(
                IssuerQueues.IssuanceAddress,
                terms.Now + wait,
                new IssuanceTimer { OrderId = context.Saga.OrderId }
            );
            context.Note(Notes.Timer.Of("confirm", context.Saga.TimerDueAt!.Value, "Whether the pending miles are final"));
        });

    /// <summary>
    /// Refunds wait for an order that has not come: they are told of it when they have waited too long, and again after the same time.
    /// </summary>
    public static EventActivityBinder<IssuanceState, T> WatchForOrder<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(context =>
            context.SetTimerAsync(
                IssuerQueues.IssuanceAddress,
                terms.Now + terms.Timing.OrderExpectedWithin,
                new IssuanceTimer { OrderId = context.Saga.OrderId }
            )
        );

    public static EventActivityBinder<IssuanceState, IssuanceTimer> NotifyWaitingRefunds(
        this EventActivityBinder<IssuanceState, IssuanceTimer> binder
    ) =>
        binder.ThenAsync(async context =>
        {
            foreach (var claim in context.Saga.Claims.Where(claim => claim.Status == ClaimStatus.Waiting))
            {
                SagaTelemetry.Overdue.Add(1);
                await context.Send(
                    IssuerQueues.ReversalAddress,
                    new ReversalOverdue
                    {
                        RefundId = claim.Refund.RefundId,
                        Reason = $"Order {context.Saga.OrderId} has not come; ask commerce to publish it, or cancel the refund",
                    }
                );
            }
        });

    /// <summary>An answer that changes nothing is kept for people to read.</summary>
    public static EventActivityBinder<IssuanceState, T> NoteCall<T>(
        this EventActivityBinder<IssuanceState, T> binder,
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

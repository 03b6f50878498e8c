using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>
/// <code>
/// OrderRefunded ─► AwaitingIssuance ─ granted ─► Reversing ─┬─► Reversed
///                   ▲ ├─ nothing to take back ─► NotRequired ├─► Pending ─► Reversed
///                   │ └─ does not fit ─► Rejected            ├─► Rejected   (the grant is given back)
///                   └──── a correction ────┘                 └─► Suspended ─► …  (the grant is kept); a retry ─► Reversing
/// AwaitingIssuance, Rejected, Suspended ─ CancelReversal ─► Cancelled  (the grant is given back, and kept while the effect is unknown)
/// </code>
/// One row per refund, never deleted. What it may take back is decided by its order's ledger, not here.
/// </summary>
public sealed class ReversalStateMachine : MassTransitStateMachine<ReversalState>
{
    public ReversalStateMachine(SagaTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        InstanceState(saga => saga.CurrentState);
        WhenEnterAny(entered => entered.Then(context => context.Saga.StateSince = terms.Now));

        Event(() => OrderRefunded, x => x.CorrelateById(m => DeterministicId.OfRefund(m.Message.RefundId)));
        Event(() => ReversalGranted, x => Existing(x, m => m.RefundId));
        Event(() => ReversalNotNeeded, x => Existing(x, m => m.RefundId));
        Event(() => ReversalRefused, x => Existing(x, m => m.RefundId));
        Event(() => ReversalOverdue, x => Existing(x, m => m.RefundId));
        Event(() => CallLost, x => Existing(x, m => m.RefundId));
        Event(() => ReverseConfirmed, x => Existing(x, m => m.RefundId));
        Event(() => ReverseRejected, x => Existing(x, m => m.RefundId));
        Event(() => ReverseUnresolved, x => Existing(x, m => m.RefundId));
        Event(() => TimerElapsed, x => Existing(x, m => m.RefundId));
        Event(() => Retry, x => Known(x, m => m.RefundId));
        Event(() => Correct, x => Known(x, m => m.RefundId));
        Event(() => Cancel, x => Known(x, m => m.RefundId));
        Event(() => MoveTimer, x => Known(x, m => m.RefundId));

        Initially(When(OrderRefunded).RecordRefund(terms).ClaimMiles().TransitionTo(AwaitingIssuance));

        // A refund for which nothing had been issued comes back to life when a correction issues miles after all.
        During(
            AwaitingIssuance,
            NotRequired,
            When(ReversalGranted, IsCurrent)
                .RecordGrant(terms)
                .IfElse(
                    context => context.Saga.Miles > 0,
                    owed => owed.FreezeCall(terms).SendReverseMiles(terms).TransitionTo(Reversing),
                    nothing =>
                        nothing.PublishNotRequired(_ => "What remains of the order still earns all of its miles").TransitionTo(NotRequired)
                )
        );

        During(
            AwaitingIssuance,
            When(ReversalNotNeeded, IsCurrent)
                .RecordReason(terms, m => m.Reason)
                .PublishNotRequired(m => m.Reason)
                .TransitionTo(NotRequired),
            When(ReversalRefused, IsCurrent).RecordReason(terms, m => m.Reason).PublishRejected().TransitionTo(Rejected),
            When(ReversalOverdue).RecordOverdue(terms)
        );

        During(
            [Reversing, Suspended, Rejected, Cancelled],
            // Rejected and cancelled too: what the issuer has done counts, whatever was decided here.
            When(ReverseConfirmed, CallAnswers.IsCurrent)
                .IfElse(HasGivenBack, back => back.TakeMilesAgain(), kept => kept)
                .ClearTimer()
                .RecordConfirmation(terms)
                .PublishMilesReversed()
                .IfElse(
                    CallAnswers.IsPending,
                    pending => pending.StartTries().AskAgainLater(terms).TransitionTo(Pending),
                    final => final.TransitionTo(Reversed)
                )
        );

        During(
            Reversing,
            Suspended,
            When(ReverseRejected, CallAnswers.IsCurrent)
                .ClearTimer()
                .IfElse(
                    UnknownEffects.MayHaveHappened,
                    doubtful => doubtful.RecordRejection(terms).PublishSuspended().TransitionTo(Suspended),
                    no => no.RecordRejection(terms).PublishRejected().GiveMilesBack().TransitionTo(Rejected)
                )
        );

        During(
            Reversing,
            When(ReverseUnresolved, CallAnswers.IsCurrent)
                .RememberDoubt()
                .IfElse(
                    context => CallTries.MayTryLater(terms, context),
                    again => again.TryLater(terms),
                    no => no.RecordSuspension(terms).PublishSuspended().TransitionTo(Suspended)
                ),
            // Moved by a person, or late because nobody was there.
            When(TimerElapsed, TimerVerbs.IsDue)
                .ClearTimer()
                .IfElse(
                    context => LostCall.MayBeForgotten(context, terms),
                    old => old.Touch(terms).RecordTooOld(terms).PublishSuspended().TransitionTo(Suspended),
                    again => again.SendReverseMiles(terms)
                ),
            When(CallLost, context => LostCall.Is(context.Saga, context.Message.IdempotencyKey, context.Saga.UpdatedAt, terms))
                .Touch(terms)
                .IfElse(
                    context => LostCall.IsTooOld(context, terms),
                    old => old.RecordTooOld(terms).PublishSuspended().TransitionTo(Suspended),
                    again => again.NoteLostCall().SendReverseMiles(terms)
                )
        );

        // The confirmation of what was accepted as pending. A no after that yes is nothing to rely on.
        During(
            Pending,
            When(TimerElapsed, TimerVerbs.IsDue)
                .ClearTimer()
                .CountTry()
                .If(context => !terms.Timing.MayBeForgotten(context.Saga.RequestedAt, terms.Now), again => again.SendReverseMiles(terms)),
            When(ReverseConfirmed, CallAnswers.IsCurrent)
                .IfElse(
                    CallAnswers.IsPending,
                    still => still.RecordCall(terms).AskAgainLater(terms),
                    final => final.ClearTimer().RecordConfirmation(terms).PublishMilesReversed().TransitionTo(Reversed)
                ),
            When(ReverseRejected, CallAnswers.IsCurrent).ClearTimer().RecordNoAfterYes(terms).PublishSuspended().TransitionTo(Suspended),
            When(ReverseUnresolved, CallAnswers.IsCurrent).RecordCall(terms).AskAgainLater(terms)
        );

        PeopleDecide(terms);
        PeopleMoveTimers(terms);

        // At-least-once delivery: everything may come again, late.
        During(
            [AwaitingIssuance, Reversing, Reversed, Pending, Rejected, Suspended, NotRequired, Cancelled],
            When(OrderRefunded).RecogniseRefund()
        );
        // Granted after it was cancelled: nobody else would give it back.
        During(Cancelled, When(ReversalGranted, IsNotKept).GiveBackGrant());
        During([Reversing, Reversed, Pending, Rejected, Suspended], Ignore(ReversalGranted));
        During(
            [Reversing, Reversed, Pending, Rejected, Suspended, Cancelled],
            Ignore(ReversalNotNeeded),
            Ignore(ReversalRefused),
            Ignore(ReversalOverdue)
        );
        During(NotRequired, Ignore(ReversalNotNeeded), Ignore(ReversalRefused), Ignore(ReversalOverdue));
        // Of a call that was replaced or given up after the issuer's no.
        During([AwaitingIssuance, NotRequired], When(ReverseConfirmed).ReportLateYes());
        During(
            [Reversing, Reversed, Pending, Rejected, Suspended, Cancelled],
            When(ReverseConfirmed, CallAnswers.IsOfEarlierRevision).ReportLateYes()
        );
        During([AwaitingIssuance, Reversed, Rejected, NotRequired, Cancelled], Ignore(ReverseRejected), Ignore(ReverseUnresolved));
        During([AwaitingIssuance, Reversed, Pending, Rejected, Suspended, NotRequired, Cancelled], Ignore(CallLost));
        During(Suspended, Ignore(ReverseUnresolved));
        During([AwaitingIssuance, Reversed, Rejected, Suspended, NotRequired, Cancelled], Ignore(TimerElapsed));
    }

    public State AwaitingIssuance { get; } = null!;
    public State Reversing { get; } = null!;
    public State Reversed { get; } = null!;
    public State Pending { get; } = null!;
    public State Rejected { get; } = null!;
    public State Suspended { get; } = null!;
    public State NotRequired { get; } = null!;
    public State Cancelled { get; } = null!;

    public Event<OrderRefunded> OrderRefunded { get; } = null!;
    public Event<ReversalGranted> ReversalGranted { get; } = null!;
    public Event<ReversalNotNeeded> ReversalNotNeeded { get; } = null!;
    public Event<ReversalRefused> ReversalRefused { get; } = null!;
    public Event<ReversalOverdue> ReversalOverdue { get; } = null!;
    public Event<ReversalCallLost> CallLost { get; } = null!;
    public Event<ReverseConfirmed> ReverseConfirmed { get; } = null!;
    public Event<ReverseRejected> ReverseRejected { get; } = null!;
    public Event<ReverseUnresolved> ReverseUnresolved { get; } = null!;
    public Event<ReversalTimer> TimerElapsed { get; } = null!;
    public Event<RetryReversal> Retry { get; } = null!;
    public Event<CorrectReversal> Correct { get; } = null!;
    public Event<CancelReversal> Cancel { get; } = null!;
    public Event<MoveReversalTimer> MoveTimer { get; } = null!;

    void PeopleDecide(SagaTerms terms)
    {
        During(
            AwaitingIssuance,
            When(Retry).Refuse(terms, "The refund waits for its order; there is no call to retry"),
            When(Correct).Refuse(terms, "The refund waits for its order; cancel it, or wait"),
            When(Cancel).Decide(terms, Always, yes => yes.Touch(terms).GiveMilesBack().TransitionTo(Cancelled))
        );
        During(
            Suspended,
            When(Retry)
                .Decide(
                    terms,
                    (saga, retry) => ForgottenKeys.Refusal(saga, retry.EvenIfForgotten, terms),
                    yes => yes.Touch(terms).StartTries().SendReverseMiles(terms).TransitionTo(Reversing)
                ),
            When(Correct)
                .Refuse(
                    terms,
                    "Whether the call took effect is not known, and a new one might take the miles twice; retry it until the issuer answers"
                ),
            When(Cancel)
                .Decide(
                    terms,
                    Always,
                    yes =>
                        yes.StateNoEffect(terms)
                            .IfElse(UnknownEffects.IsUnknown, kept => kept, nothing => nothing.GiveMilesBack())
                            .TransitionTo(Cancelled)
                )
        );
        During(
            Reversing,
            When(Retry)
                .Decide(
                    terms,
                    (saga, retry) => ForgottenKeys.Refusal(saga, retry.EvenIfForgotten, terms),
                    yes => yes.Touch(terms).ClearTimer().SendReverseMiles(terms)
                ),
            When(Correct).Refuse(terms, "The call has not been answered yet; a correction needs the issuer's no"),
            When(Cancel).Refuse(terms, "The call has not been answered yet; it can be cancelled when it is rejected or suspended")
        );
        During(
            Pending,
            When(Retry)
                .Decide(
                    terms,
                    (saga, retry) => ForgottenKeys.Refusal(saga, retry.EvenIfForgotten, terms),
                    yes => yes.Touch(terms).ClearTimer().SendReverseMiles(terms)
                ),
            When(Correct).Refuse(terms, "The issuer has accepted the reversal"),
            When(Cancel).Refuse(terms, "The issuer has accepted the reversal")
        );
        During(
            Rejected,
            When(Retry).Refuse(terms, "The same refund would get the same answer; correct it"),
            When(Correct)
                .Decide(
                    terms,
                    (_, correction) => CorrectionCheck.Mistake(correction, terms),
                    yes => yes.Apply(terms).ClaimMiles().TransitionTo(AwaitingIssuance)
                ),
            When(Cancel).Decide(terms, Always, yes => yes.Touch(terms).TransitionTo(Cancelled))
        );
        During(
            Reversed,
            When(Retry).Refuse(terms, "The miles have been taken back; there is nothing to retry"),
            When(Correct).Refuse(terms, "The miles have been taken back; issue miles with a new order"),
            When(Cancel).Refuse(terms, "The miles have been taken back; issue miles with a new order")
        );
        During(
            NotRequired,
            When(Retry).Refuse(terms, "There is nothing to take back; there is no call to retry"),
            When(Correct).Refuse(terms, "There is nothing to take back"),
            When(Cancel).Refuse(terms, "There is nothing to take back, and nothing to cancel")
        );
        During(
            Cancelled,
            When(Retry).Refuse(terms, "The refund was cancelled; send it under a new refundId"),
            When(Correct).Refuse(terms, "The refund was cancelled; send it under a new refundId"),
            When(Cancel).Decide(terms, AlreadyCancelled, yes => yes.StateNoEffect(terms).GiveMilesBack())
        );
    }

    void PeopleMoveTimers(SagaTerms terms)
    {
        During(
            Reversing,
            When(MoveTimer)
                .Decide(
                    terms,
                    CallDecisions.TimerRefusal,
                    yes =>
                        yes.IfElse(
                            CallDecisions.IsRemoval,
                            removed => removed.RemoveTimer(terms).SuspendBy(terms).PublishSuspended().TransitionTo(Suspended),
                            moved => moved.MoveTimer(terms)
                        )
                )
        );
        During(
            [Pending],
            When(MoveTimer)
                .Decide(
                    terms,
                    CallDecisions.TimerRefusal,
                    yes => yes.IfElse(CallDecisions.IsRemoval, removed => removed.RemoveTimer(terms), moved => moved.MoveTimer(terms))
                )
        );
        During(
            [AwaitingIssuance, Reversed, Rejected, Suspended, NotRequired, Cancelled],
            When(MoveTimer).Refuse(terms, "There is no timer")
        );
    }

    static string? Always<T>(ReversalState saga, T decision) => null;

    static string? AlreadyCancelled(ReversalState saga, CancelReversal decision) =>
        decision.NoEffect && saga.EffectUnknown ? null : "The refund is cancelled already";

    static bool IsCurrent(BehaviorContext<ReversalState, ReversalGranted> context) => context.Message.Number == context.Saga.ClaimNumber;

    static bool IsCurrent(BehaviorContext<ReversalState, ReversalNotNeeded> context) =>
        (context.Message.Number ?? context.Saga.ClaimNumber) == context.Saga.ClaimNumber;

    static bool IsCurrent(BehaviorContext<ReversalState, ReversalRefused> context) =>
        (context.Message.Number ?? context.Saga.ClaimNumber) == context.Saga.ClaimNumber;

    static bool IsNotKept(BehaviorContext<ReversalState, ReversalGranted> context) => !(context.Saga.EffectUnknown && IsCurrent(context));

    static bool HasGivenBack(BehaviorContext<ReversalState, ReverseConfirmed> context) =>
        context.Saga.CurrentState == nameof(Rejected) || (context.Saga.CurrentState == nameof(Cancelled) && !context.Saga.EffectUnknown);

    static void Existing<T>(IEventCorrelationConfigurator<ReversalState, T> configurator, Func<T, string> refundId)
        where T : class => configurator.ToExisting(message => DeterministicId.OfRefund(refundId(message)));

    static void Known<T>(IEventCorrelationConfigurator<ReversalState, T> configurator, Func<T, string> refundId)
        where T : class, IDecision =>
        configurator.ToKnown(message => DeterministicId.OfRefund(refundId(message)), message => $"refund {refundId(message)}");
}

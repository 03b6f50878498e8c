using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// <code>
/// OrderCompleted ─► Issuing ─┬─► Issued          ClaimReversal: granted
///    nothing earned   ▲ │    ├─► Pending ─► Issued
///       └─► NotEarned │ │    ├─► Rejected        ClaimReversal: nothing to take back; a correction ─► Issuing
///                     │ └────┴─► Suspended ─► …  ClaimReversal: waits; a retry ─► Issuing
///                     └ timer: the next durable try
/// OrderCompleted, implausible ─► Held ─ ApproveIssuance ─► Issuing …   ClaimReversal: waits
/// ClaimReversal first ─► AwaitingOrder ─ OrderCompleted ─► Issuing …
/// Held, Rejected, Suspended ─ CancelIssuance ─► Cancelled   ClaimReversal: waits while the effect is unknown
/// </code>
/// A no is Rejected only while no earlier try may have taken effect; otherwise it is Suspended, and a person finds out.
/// One row per order, never deleted. It alone grants reversals, so refunds can never take back more than was issued.
/// </summary>
public sealed class IssuanceStateMachine : MassTransitStateMachine<IssuanceState>
{
    public IssuanceStateMachine(SagaTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        InstanceState(saga => saga.CurrentState);
        WhenEnterAny(entered => entered.Then(context => context.Saga.StateSince = terms.Now));

        Event(() => OrderCompleted, x => x.CorrelateById(m => DeterministicId.OfOrder(m.Message.OrderId)));
        Event(() => ClaimReversal, x => x.CorrelateById(m => DeterministicId.OfOrder(m.Message.OrderId)));
        // A cancelled refund whose claim has not arrived yet: when it is granted, the refund gives it back.
        Event(
            () => GiveBackReversal,
            x => x.CorrelateById(m => DeterministicId.OfOrder(m.Message.OrderId)).OnMissingInstance(missing => missing.Discard())
        );
        Event(() => TakeReversalAgain, x => Existing(x, m => m.OrderId));
        Event(() => CallLost, x => Existing(x, m => m.OrderId));
        Event(() => IssueConfirmed, x => Existing(x, m => m.OrderId));
        Event(() => IssueRejected, x => Existing(x, m => m.OrderId));
        Event(() => IssueUnresolved, x => Existing(x, m => m.OrderId));
        Event(() => TimerElapsed, x => Existing(x, m => m.OrderId));
        Event(() => Approve, x => Known(x, m => m.OrderId));
        Event(() => Retry, x => Known(x, m => m.OrderId));
        Event(() => Correct, x => Known(x, m => m.OrderId));
        Event(() => Cancel, x => Known(x, m => m.OrderId));
        Event(() => MoveTimer, x => Known(x, m => m.OrderId));

        Initially(
            When(OrderCompleted).RecordOrder(terms).Decide(this, terms),
            When(ClaimReversal).OpenLedger(terms).RecordClaim(terms).WatchForOrder(terms).TransitionTo(AwaitingOrder)
        );

        During(
            AwaitingOrder,
            When(OrderCompleted).ClearTimer().RecordOrder(terms).Decide(this, terms),
            When(ClaimReversal).RecordClaim(terms),
            When(GiveBackReversal).GiveBack(terms),
            When(TimerElapsed, TimerVerbs.IsDue).NotifyWaitingRefunds().WatchForOrder(terms),
            Ignore(IssueConfirmed),
            Ignore(IssueRejected),
            Ignore(IssueUnresolved)
        );

        During(
            [Issuing, Suspended, Rejected, Cancelled],
            // Cancelled too: what the issuer has done counts, whatever was decided here.
            When(IssueConfirmed, CallAnswers.IsCurrent)
                .ClearTimer()
                .RecordConfirmation(terms)
                .PublishMilesIssued()
                .IfElse(
                    CallAnswers.IsPending,
                    pending => pending.StartTries().AskAgainLater(terms).TransitionTo(Pending),
                    final => final.TransitionTo(Issued)
                )
                .GrantClaims(terms)
        );

        During(
            Issuing,
            Suspended,
            When(IssueRejected, CallAnswers.IsCurrent)
                .ClearTimer()
                .IfElse(
                    UnknownEffects.MayHaveHappened,
                    doubtful => doubtful.RecordRejection(terms).PublishSuspended().TransitionTo(Suspended),
                    no => no.RecordRejection(terms).PublishRejected().TransitionTo(Rejected).RejectClaims(terms)
                ),
            When(ClaimReversal).RecordClaim(terms)
        );

        During(
            Issuing,
            When(IssueUnresolved, CallAnswers.IsCurrent)
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
                    again => again.SendIssueMiles(terms)
                ),
            When(CallLost, context => LostCall.Is(context.Saga, context.Message.IdempotencyKey, context.Saga.UpdatedAt, terms))
                .Touch(terms)
                .IfElse(
                    context => LostCall.IsTooOld(context, terms),
                    old => old.RecordTooOld(terms).PublishSuspended().TransitionTo(Suspended),
                    again => again.NoteLostCall().SendIssueMiles(terms)
                )
        );

        During(Held, When(ClaimReversal).RecordClaim(terms));

        During(Issued, Pending, When(ClaimReversal).RecordClaim(terms).GrantClaims(terms));

        // The confirmation of what was accepted as pending. A no after that yes is nothing to rely on.
        During(
            Pending,
            When(TimerElapsed, TimerVerbs.IsDue)
                .ClearTimer()
                .CountTry()
                .If(context => !terms.Timing.MayBeForgotten(context.Saga.RequestedAt, terms.Now), again => again.SendIssueMiles(terms)),
            When(IssueConfirmed, CallAnswers.IsCurrent)
                .IfElse(
                    CallAnswers.IsPending,
                    still => still.RecordCall(terms).AskAgainLater(terms),
                    final => final.ClearTimer().RecordConfirmation(terms).PublishMilesIssued().TransitionTo(Issued)
                ),
            When(IssueRejected, CallAnswers.IsCurrent).ClearTimer().RecordNoAfterYes(terms).PublishSuspended().TransitionTo(Suspended),
            When(IssueUnresolved, CallAnswers.IsCurrent).RecordCall(terms).AskAgainLater(terms)
        );

        During([NotEarned, Rejected], When(ClaimReversal).RecordClaim(terms).RejectClaims(terms));
        During(
            Cancelled,
            When(ClaimReversal).RecordClaim(terms).IfElse(UnknownEffects.IsUnknown, waits => waits, nothing => nothing.RejectClaims(terms))
        );

        PeopleDecide(terms);
        PeopleMoveTimers(terms);

        // At-least-once delivery: everything may come again, late.
        During(
            [Held, Issuing, Issued, Pending, Rejected, Suspended, NotEarned, Cancelled],
            When(OrderCompleted).RecogniseOrder(),
            When(GiveBackReversal).GiveBack(terms)
        );
        During(
            [AwaitingOrder, Held, Issuing, Issued, Pending, Rejected, Suspended, NotEarned, Cancelled],
            When(TakeReversalAgain).TakeAgain(terms)
        );
        // Of an earlier revision, which the issuer had said no to: both may be on the account.
        During(
            [Issuing, Issued, Pending, Rejected, Suspended, Cancelled],
            When(IssueConfirmed, CallAnswers.IsOfEarlierRevision).ReportLateYes()
        );
        During([NotEarned, Held], Ignore(IssueConfirmed));
        During([AwaitingOrder, Held, Issued, Pending, Rejected, Suspended, NotEarned, Cancelled], Ignore(CallLost));
        During([Held, Issued, Rejected, NotEarned, Cancelled], Ignore(IssueRejected), Ignore(IssueUnresolved));
        During(Suspended, Ignore(IssueUnresolved));
        During([Held, Issued, Rejected, Suspended, NotEarned, Cancelled], Ignore(TimerElapsed));
    }

    public State AwaitingOrder { get; } = null!;
    public State Held { get; } = null!;
    public State Issuing { get; } = null!;
    public State Issued { get; } = null!;
    public State Pending { get; } = null!;
    public State Rejected { get; } = null!;
    public State Suspended { get; } = null!;
    public State NotEarned { get; } = null!;
    public State Cancelled { get; } = null!;

    public Event<OrderCompleted> OrderCompleted { get; } = null!;
    public Event<ClaimReversal> ClaimReversal { get; } = null!;
    public Event<GiveBackReversal> GiveBackReversal { get; } = null!;
    public Event<TakeReversalAgain> TakeReversalAgain { get; } = null!;
    public Event<IssuanceCallLost> CallLost { get; } = null!;
    public Event<IssueConfirmed> IssueConfirmed { get; } = null!;
    public Event<IssueRejected> IssueRejected { get; } = null!;
    public Event<IssueUnresolved> IssueUnresolved { get; } = null!;
    public Event<IssuanceTimer> TimerElapsed { get; } = null!;
    public Event<ApproveIssuance> Approve { get; } = null!;
    public Event<RetryIssuance> Retry { get; } = null!;
    public Event<CorrectIssuance> Correct { get; } = null!;
    public Event<CancelIssuance> Cancel { get; } = null!;
    public Event<MoveIssuanceTimer> MoveTimer { get; } = null!;

    void PeopleDecide(SagaTerms terms)
    {
        During(
            Held,
            When(Approve).Decide(terms, Always, yes => yes.LetGo(terms).FreezeCall(terms).SendIssueMiles(terms).TransitionTo(Issuing)),
            When(Retry).Refuse(terms, "No call has been made yet; approve it, or cancel it"),
            When(Correct)
                .Refuse(terms, "No call has been made yet; approve it as it is, or cancel it and have it published under a new orderId"),
            When(Cancel).Decide(terms, Always, yes => yes.Touch(terms).TransitionTo(Cancelled).RejectClaims(terms))
        );
        During(
            [AwaitingOrder, Issuing, Issued, Pending, Rejected, Suspended, NotEarned, Cancelled],
            When(Approve).Refuse(terms, "It is not held; there is nothing to approve")
        );
        During(
            Suspended,
            When(Retry)
                .Decide(
                    terms,
                    (saga, retry) => ForgottenKeys.Refusal(saga, retry.EvenIfForgotten, terms),
                    yes => yes.Touch(terms).StartTries().SendIssueMiles(terms).TransitionTo(Issuing)
                ),
            When(Correct)
                .Refuse(
                    terms,
                    "Whether the call took effect is not known, and a new one might issue the miles twice; "
                        + "retry it until the issuer answers"
                ),
            When(Cancel)
                .Decide(
                    terms,
                    NoEffectRefusal,
                    yes =>
                        yes.StateNoEffect(terms)
                            .TransitionTo(Cancelled)
                            .IfElse(UnknownEffects.IsUnknown, waits => waits, nothing => nothing.RejectClaims(terms))
                )
        );
        During(
            Issuing,
            When(Retry)
                .Decide(
                    terms,
                    (saga, retry) => ForgottenKeys.Refusal(saga, retry.EvenIfForgotten, terms),
                    yes => yes.Touch(terms).ClearTimer().SendIssueMiles(terms)
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
                    yes => yes.Touch(terms).ClearTimer().SendIssueMiles(terms)
                ),
            When(Correct).Refuse(terms, "The issuer has accepted the miles; take them back with a refund"),
            When(Cancel).Refuse(terms, "The issuer has accepted the miles; take them back with a refund")
        );
        During(
            Rejected,
            When(Retry).Refuse(terms, "The issuer would give the same answer to the same call; correct it"),
            When(Correct)
                .Decide(
                    terms,
                    (saga, correction) => IssuanceCorrections.Refusal(saga, correction, terms),
                    yes => yes.Apply(terms).FreezeCall(terms).SendIssueMiles(terms).TransitionTo(Issuing)
                ),
            When(Cancel).Decide(terms, Always, yes => yes.Touch(terms).TransitionTo(Cancelled))
        );
        During(
            Issued,
            When(Retry).Refuse(terms, "The miles are on the account; there is nothing to retry"),
            When(Correct).Refuse(terms, "The miles are on the account; take them back with a refund"),
            When(Cancel).Refuse(terms, "The miles are on the account; take them back with a refund")
        );
        During(
            AwaitingOrder,
            When(Retry).Refuse(terms, "The order has not arrived yet; ask commerce to publish it"),
            When(Correct).Refuse(terms, "The order has not arrived yet; ask commerce to publish it"),
            When(Cancel).Refuse(terms, "The order has not arrived yet; cancel the refunds that wait for it")
        );
        During(
            NotEarned,
            When(Retry).Refuse(terms, "The order earned no miles; there is no call to retry"),
            When(Correct).Refuse(terms, "The order earned no miles; send the miles as a new order with issuances"),
            When(Cancel).Refuse(terms, "The order earned no miles; there is nothing to cancel")
        );
        During(
            Cancelled,
            When(Retry).Refuse(terms, "The order was cancelled; send it as a new order"),
            When(Correct).Refuse(terms, "The order was cancelled; send it as a new order"),
            When(Cancel).Decide(terms, AlreadyCancelled, yes => yes.StateNoEffect(terms).RejectClaims(terms))
        );
    }

    void PeopleMoveTimers(SagaTerms terms)
    {
        During(
            Issuing,
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
            [Pending, AwaitingOrder],
            When(MoveTimer)
                .Decide(
                    terms,
                    CallDecisions.TimerRefusal,
                    yes => yes.IfElse(CallDecisions.IsRemoval, removed => removed.RemoveTimer(terms), moved => moved.MoveTimer(terms))
                )
        );
        During([Held, Issued, Rejected, Suspended, NotEarned, Cancelled], When(MoveTimer).Refuse(terms, "There is no timer"));
    }

    static string? Always<T>(IssuanceState saga, T decision) => null;

    static string? NoEffectRefusal(IssuanceState saga, CancelIssuance decision) =>
        decision.NoEffect && saga.ReversedMiles > 0
            ? "Refunds have been granted miles of this order, which the issuer had accepted; it cannot be without effect"
            : null;

    static string? AlreadyCancelled(IssuanceState saga, CancelIssuance decision) =>
        decision.NoEffect && saga.EffectUnknown ? NoEffectRefusal(saga, decision) : "The order is cancelled already";

    static void Existing<T>(IEventCorrelationConfigurator<IssuanceState, T> configurator, Func<T, string> orderId)
        where T : class => configurator.ToExisting(message => DeterministicId.OfOrder(orderId(message)));

    static void Known<T>(IEventCorrelationConfigurator<IssuanceState, T> configurator, Func<T, string> orderId)
        where T : class, IDecision =>
        configurator.ToKnown(message => DeterministicId.OfOrder(orderId(message)), message => $"order {orderId(message)}");
}

using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>
/// <code>
/// OrderRefunded ─► AwaitingIssuance ─ granted ─► Reversing ─┬─► Reversed
///                     ├─ nothing to take back ─► NotRequired ├─► Pending ─► Reversed
///                     └─ does not fit ─► Rejected            ├─► Rejected   (the grant is given back)
///                                                            └─► Suspended ─► …  (the grant is kept)
/// </code>
/// One row per refund, never deleted. What it may take back is decided by its order's ledger, not here.
/// </summary>
public sealed class ReversalStateMachine : MassTransitStateMachine<ReversalState>
{
    public ReversalStateMachine(SagaTerms terms)
    {
        InstanceState(saga => saga.CurrentState);

        Event(() => OrderRefunded, x => x.CorrelateById(m => Identity.OfRefund(m.Message.RefundId)));
        Event(() => ReversalGranted, x => Existing(x, m => m.RefundId));
        Event(() => ReversalNotNeeded, x => Existing(x, m => m.RefundId));
        Event(() => ReversalRefused, x => Existing(x, m => m.RefundId));
        Event(() => ReverseConfirmed, x => Existing(x, m => m.RefundId));
        Event(() => ReverseRejected, x => Existing(x, m => m.RefundId));
        Event(() => ReverseUnresolved, x => Existing(x, m => m.RefundId));

        Initially(
            When(OrderRefunded).RecordRefund(terms).ClaimMiles().TransitionTo(AwaitingIssuance));

        // A refund for which nothing had been issued comes back to life when a correction issues miles after all.
        During(AwaitingIssuance, NotRequired,
            When(ReversalGranted).RecordGrant(terms).IfElse(
                context => context.Saga.Miles > 0,
                owed => owed.FreezeCall(terms).SendReverseMiles(terms).TransitionTo(Reversing),
                nothing => nothing.PublishNotRequired(_ => "What remains of the order still earns all of its miles").TransitionTo(NotRequired)));

        During(AwaitingIssuance,
            When(ReversalNotNeeded).RecordReason(terms, m => m.Reason).PublishNotRequired(m => m.Reason).TransitionTo(NotRequired),
            When(ReversalRefused).RecordReason(terms, m => m.Reason).PublishRejected().TransitionTo(Rejected));

        During(Reversing, Suspended,
            When(ReverseConfirmed, IsCurrent).RecordConfirmation(terms).PublishMilesReversed()
                .IfElse(IsPending, pending => pending.TransitionTo(Pending), final => final.TransitionTo(Reversed)),
            When(ReverseRejected, IsCurrent).RecordRejection(terms).PublishRejected().GiveMilesBack().TransitionTo(Rejected));

        During(Reversing,
            When(ReverseUnresolved, IsCurrent).RecordSuspension(terms).PublishSuspended().TransitionTo(Suspended));

        During(Pending,
            When(ReverseConfirmed, IsFinal).RecordConfirmation(terms).PublishMilesReversed().TransitionTo(Reversed));

        // At-least-once delivery: everything may come again, late.
        During([AwaitingIssuance, Reversing, Reversed, Pending, Rejected, Suspended, NotRequired, Cancelled],
            When(OrderRefunded).RecogniseRefund());
        During([Reversing, Reversed, Pending, Rejected, Suspended, Cancelled],
            Ignore(ReversalGranted), Ignore(ReversalNotNeeded), Ignore(ReversalRefused));
        During(NotRequired, Ignore(ReversalNotNeeded), Ignore(ReversalRefused));
        During([AwaitingIssuance, Reversed, Rejected, NotRequired, Cancelled],
            Ignore(ReverseConfirmed), Ignore(ReverseRejected), Ignore(ReverseUnresolved));
        During(Pending, Ignore(ReverseRejected), Ignore(ReverseUnresolved));
        During(Suspended, Ignore(ReverseUnresolved));
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
    public Event<ReverseConfirmed> ReverseConfirmed { get; } = null!;
    public Event<ReverseRejected> ReverseRejected { get; } = null!;
    public Event<ReverseUnresolved> ReverseUnresolved { get; } = null!;

    static bool IsCurrent(BehaviorContext<ReversalState, ReverseConfirmed> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsCurrent(BehaviorContext<ReversalState, ReverseRejected> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsCurrent(BehaviorContext<ReversalState, ReverseUnresolved> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsPending(BehaviorContext<ReversalState, ReverseConfirmed> context) => context.Message.Pending;
    static bool IsFinal(BehaviorContext<ReversalState, ReverseConfirmed> context) => IsCurrent(context) && !context.Message.Pending;

    static void Existing<T>(IEventCorrelationConfigurator<ReversalState, T> configurator, Func<T, string> refundId) where T : class =>
        configurator.CorrelateById(m => Identity.OfRefund(refundId(m.Message))).OnMissingInstance(missing => missing.Fault());
}

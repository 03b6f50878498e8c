using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// <code>
/// OrderCompleted ─► Issuing ─┬─► Issued          ClaimReversal: granted
///    nothing earned          ├─► Pending ─► Issued
///       └─► NotEarned        ├─► Rejected        ClaimReversal: nothing to take back
///                            └─► Suspended ─► …  ClaimReversal: waits
/// ClaimReversal first ─► AwaitingOrder ─ OrderCompleted ─► Issuing …
/// </code>
/// One row per order, never deleted. It alone grants reversals, so refunds can never take back more than was issued.
/// </summary>
public sealed class IssuanceStateMachine : MassTransitStateMachine<IssuanceState>
{
    public IssuanceStateMachine(SagaTerms terms)
    {
        InstanceState(saga => saga.CurrentState);

        Event(() => OrderCompleted, x => x.CorrelateById(m => Identity.OfOrder(m.Message.OrderId)));
        Event(() => ClaimReversal, x => x.CorrelateById(m => Identity.OfOrder(m.Message.OrderId)));
        Event(() => GiveBackReversal, x => Existing(x, m => m.OrderId));
        Event(() => IssueConfirmed, x => Existing(x, m => m.OrderId));
        Event(() => IssueRejected, x => Existing(x, m => m.OrderId));
        Event(() => IssueUnresolved, x => Existing(x, m => m.OrderId));

        Initially(
            When(OrderCompleted).RecordOrder(terms).Decide(this, terms),
            When(ClaimReversal).OpenLedger(terms).RecordClaim(terms).TransitionTo(AwaitingOrder));

        During(AwaitingOrder,
            When(OrderCompleted).RecordOrder(terms).Decide(this, terms),
            When(ClaimReversal).RecordClaim(terms),
            Ignore(GiveBackReversal), Ignore(IssueConfirmed), Ignore(IssueRejected), Ignore(IssueUnresolved));

        During(Issuing, Suspended, Rejected,
            When(IssueConfirmed, IsCurrent).RecordConfirmation(terms).PublishMilesIssued()
                .IfElse(IsPending, pending => pending.TransitionTo(Pending), final => final.TransitionTo(Issued))
                .GrantClaims(terms));

        During(Issuing, Suspended,
            When(IssueRejected, IsCurrent).RecordRejection(terms).PublishRejected().TransitionTo(Rejected).TurnClaimsDown(terms),
            When(ClaimReversal).RecordClaim(terms));

        During(Issuing,
            When(IssueUnresolved, IsCurrent).RecordSuspension(terms).PublishSuspended().TransitionTo(Suspended));

        During(Issued, Pending,
            When(ClaimReversal).RecordClaim(terms).GrantClaims(terms),
            When(GiveBackReversal).GiveBack(terms));

        // The confirmation of what was accepted as pending.
        During(Pending,
            When(IssueConfirmed, IsFinal).RecordConfirmation(terms).PublishMilesIssued().TransitionTo(Issued));

        During([NotEarned, Rejected, Cancelled],
            When(ClaimReversal).RecordClaim(terms).TurnClaimsDown(terms));

        // At-least-once delivery: everything may come again, late.
        During([Issuing, Issued, Pending, Rejected, Suspended, NotEarned, Cancelled],
            When(OrderCompleted).RecogniseOrder());
        During([Issuing, Rejected, Suspended, NotEarned, Cancelled], Ignore(GiveBackReversal));
        During([Issued, NotEarned, Cancelled], Ignore(IssueConfirmed));
        During([Issued, Pending, Rejected, NotEarned, Cancelled], Ignore(IssueRejected), Ignore(IssueUnresolved));
        During(Suspended, Ignore(IssueUnresolved));
    }

    public State AwaitingOrder { get; } = null!;
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
    public Event<IssueConfirmed> IssueConfirmed { get; } = null!;
    public Event<IssueRejected> IssueRejected { get; } = null!;
    public Event<IssueUnresolved> IssueUnresolved { get; } = null!;

    // An answer to an earlier revision's call tells nothing about this one.
    static bool IsCurrent(BehaviorContext<IssuanceState, IssueConfirmed> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsCurrent(BehaviorContext<IssuanceState, IssueRejected> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsCurrent(BehaviorContext<IssuanceState, IssueUnresolved> context) => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;
    static bool IsPending(BehaviorContext<IssuanceState, IssueConfirmed> context) => context.Message.Pending;
    static bool IsFinal(BehaviorContext<IssuanceState, IssueConfirmed> context) => IsCurrent(context) && !context.Message.Pending;

    static void Existing<T>(IEventCorrelationConfigurator<IssuanceState, T> configurator, Func<T, string> orderId) where T : class =>
        configurator.CorrelateById(m => Identity.OfOrder(orderId(m.Message))).OnMissingInstance(missing => missing.Fault());
}

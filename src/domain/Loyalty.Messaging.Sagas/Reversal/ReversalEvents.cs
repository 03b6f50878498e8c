using System.Globalization;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas.Calls;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>What the world is told about a refund.</summary>
internal static class ReversalEvents
{
    public static EventActivityBinder<ReversalState, ReverseConfirmed> PublishMilesReversed(
        this EventActivityBinder<ReversalState, ReverseConfirmed> binder
    ) =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesReversed), context.Message.Pending ? "pending" : "final"),
            (context, eventId) =>
                new MilesReversed
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    RefundId = context.Saga.RefundId,
                    ClientTransactionId = context.Saga.ClientTransactionId!,
                    OriginalClientTransactionId = context.Saga.OriginalClientTransactionId!,
                    TransactionId = context.Saga.TransactionId,
                    SponsorCode = context.Saga.SponsorCode!,
                    CollectorLast4 = FrozenCalls.Last4(context.Saga.CollectorNumber!),
                    Miles = context.Saga.Miles,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Offers, context.Message.Issuances),
                    Pending = context.Message.Pending,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<ReversalState, T> PublishRejected<T>(this EventActivityBinder<ReversalState, T> binder)
        where T : class =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesReversalRejected)),
            (context, eventId) =>
                new MilesReversalRejected
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    RefundId = context.Saga.RefundId,
                    ClientTransactionId = context.Saga.ClientTransactionId,
                    OriginalClientTransactionId = context.Saga.OriginalClientTransactionId,
                    SponsorCode = context.Saga.SponsorCode,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Offers),
                    ResponseCode = context.Saga.ResponseCode,
                    Reason = context.Saga.Reason!,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<ReversalState, T> PublishSuspended<T>(this EventActivityBinder<ReversalState, T> binder)
        where T : class =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesReversalSuspended), context.Saga.Version.ToString(CultureInfo.InvariantCulture)),
            (context, eventId) =>
                new MilesReversalSuspended
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    RefundId = context.Saga.RefundId,
                    ClientTransactionId = context.Saga.ClientTransactionId!,
                    OriginalClientTransactionId = context.Saga.OriginalClientTransactionId!,
                    SponsorCode = context.Saga.SponsorCode!,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Offers),
                    Reason = context.Saga.Reason!,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<ReversalState, T> PublishNotRequired<T>(
        this EventActivityBinder<ReversalState, T> binder,
        Func<T, string> reason
    )
        where T : class =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesReversalNotRequired)),
            (context, eventId) =>
                new MilesReversalNotRequired
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    RefundId = context.Saga.RefundId,
                    Reason = reason(context.Message),
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    static Guid EventId(ReversalState saga, string name, string detail = "") =>
        DeterministicId.Of(
            name,
            saga.RefundId,
            $"{saga.Revision.ToString(CultureInfo.InvariantCulture)}/{saga.ClaimNumber.ToString(CultureInfo.InvariantCulture)}",
            detail
        );
}

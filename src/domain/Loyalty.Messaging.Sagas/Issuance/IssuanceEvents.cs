using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas.Calls;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// What the world is told about an order. Event id and message id follow from what happened, so that a repeated publication is recognized.
/// </summary>
internal static class IssuanceEvents
{
    public static EventActivityBinder<IssuanceState, IssueConfirmed> PublishMilesIssued(
        this EventActivityBinder<IssuanceState, IssueConfirmed> binder
    ) =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesIssued), context.Message.Pending ? "pending" : "final"),
            (context, eventId) =>
                new MilesIssued
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    ClientTransactionId = context.Saga.ClientTransactionId!,
                    TransactionId = context.Saga.TransactionId,
                    SponsorCode = context.Saga.SponsorCode!,
                    CollectorLast4 = FrozenCalls.Last4(context.Saga.CollectorNumber!),
                    Miles = context.Saga.Miles,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Order!.Issued.Offers, context.Message.Issuances),
                    Pending = context.Message.Pending,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<IssuanceState, T> PublishRejected<T>(this EventActivityBinder<IssuanceState, T> binder)
        where T : class =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesIssuanceRejected)),
            (context, eventId) =>
                new MilesIssuanceRejected
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    ClientTransactionId = context.Saga.ClientTransactionId ?? FrozenCalls.IssueTransactionId(context.Saga.OrderId),
                    SponsorCode = context.Saga.SponsorCode!,
                    CollectorLast4 = FrozenCalls.Last4(context.Saga.CollectorNumber!),
                    Miles = context.Saga.Miles,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Order!.Issued.Offers),
                    ResponseCode = context.Saga.ResponseCode,
                    Reason = context.Saga.Reason!,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<IssuanceState, T> PublishSuspended<T>(this EventActivityBinder<IssuanceState, T> binder)
        where T : class =>
        binder.PublishAs(
            context =>
                EventId(
                    context.Saga,
                    nameof(MilesIssuanceSuspended),
                    context.Saga.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ),
            (context, eventId) =>
                new MilesIssuanceSuspended
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    ClientTransactionId = context.Saga.ClientTransactionId!,
                    SponsorCode = context.Saga.SponsorCode!,
                    CollectorLast4 = FrozenCalls.Last4(context.Saga.CollectorNumber!),
                    Miles = context.Saga.Miles,
                    Issuances = FrozenCalls.Outcomes(context.Saga.Order!.Issued.Offers),
                    Reason = context.Saga.Reason!,
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    public static EventActivityBinder<IssuanceState, OrderCompleted> PublishNotEarned(
        this EventActivityBinder<IssuanceState, OrderCompleted> binder
    ) =>
        binder.PublishAs(
            context => EventId(context.Saga, nameof(MilesNotEarned)),
            (context, eventId) =>
                new MilesNotEarned
                {
                    EventId = eventId,
                    OrderId = context.Saga.OrderId,
                    SponsorCode = context.Saga.SponsorCode!,
                    CollectorLast4 = FrozenCalls.Last4(context.Saga.CollectorNumber!),
                    OccurredAt = context.Saga.UpdatedAt,
                }
        );

    static Guid EventId(IssuanceState saga, string name, string detail = "") =>
        DeterministicId.Of(name, saga.OrderId, saga.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture), detail);
}

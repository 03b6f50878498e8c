using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Content;
using Loyalty.Messaging.Sagas.Issuance;
using MassTransit;
using GrantBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Reversal.ReversalState,
    Loyalty.Messaging.Sagas.Reversal.ReversalGranted
>;
using RefundBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Reversal.ReversalState,
    Loyalty.Messaging.Contracts.OrderRefunded
>;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>The verbs of the reversal table.</summary>
internal static class ReversalBehavior
{
    public static RefundBinder RecordRefund(this RefundBinder binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            var (saga, refund) = (context.Saga, context.Message);
            saga.RefundId = refund.RefundId;
            saga.OrderId = refund.OrderId;
            saga.ContentHash = ContentHash.Of(refund);
            saga.RefundedAt = refund.RefundedAt;
            saga.RefundReason = refund.Reason;
            saga.Refund = RefundWish.Of(refund);
            saga.UpdatedAt = terms.Now;
            saga.TransactionDay = terms.DayOf(saga.UpdatedAt);
        });

    public static EventActivityBinder<ReversalState, T> ClaimMiles<T>(this EventActivityBinder<ReversalState, T> binder)
        where T : class =>
        binder.Send(
            _ => IssuerQueues.IssuanceAddress,
            context => new ClaimReversal
            {
                OrderId = context.Saga.OrderId,
                Refund = context.Saga.Refund!,
                Number = context.Saga.ClaimNumber,
            }
        );

    /// <summary>The refund again: the same content is a duplicate, other content is never applied.</summary>
    public static RefundBinder RecogniseRefund(this RefundBinder binder) =>
        binder.Then(context =>
        {
            if (ContentHash.IsOf(context.Message, context.Saga.ContentHash))
            {
                context.Note(Notes.Text.Duplicate);
                return;
            }
            context.Note(Notes.Text.Conflict);
            SagaTelemetry.Conflicts.Add(1);
            context.DeadLetter(
                $"refundId {context.Saga.RefundId} has come before with other content; the first one stands. "
                    + "Send the difference under a new refundId"
            );
        });

    public static GrantBinder RecordGrant(this GrantBinder binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            var (saga, grant) = (context.Saga, context.Message);
            saga.Offers = grant.Offers;
            saga.Miles = grant.Offers.Sum(offer => offer.Miles);
            saga.CollectorNumber = saga.Correction?.CollectorNumber ?? grant.CollectorNumber;
            saga.SponsorCode = grant.SponsorCode;
            saga.OriginalClientTransactionId = grant.OriginalClientTransactionId;
            saga.Reason = null;
            saga.UpdatedAt = terms.Now;
        });

    public static GrantBinder FreezeCall(this GrantBinder binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            var (saga, grant) = (context.Saga, context.Message);
            saga.Revision++;
            saga.Tries = 0;
            saga.ClientTransactionId = FrozenCalls.ReverseTransactionId(saga.RefundId);
            saga.RequestedAt = terms.Now;
            saga.TransactionDay = terms.DayOf(saga.RequestedAt.Value);
            var call = FrozenCalls.Reverse(
                terms,
                saga.RefundId,
                saga.Revision,
                new EventTransaction
                {
                    ClientTransactionId = saga.ClientTransactionId,
                    CollectorNumber = saga.CollectorNumber!,
                    Context = saga.Correction?.Context,
                    DeviceId = saga.Correction?.DeviceId ?? grant.DeviceId,
                    Issuances = FrozenCalls.Issuances(grant.Offers, saga.Correction?.LocationCode ?? grant.LocationCode),
                    OriginalClientTransactionId = grant.OriginalClientTransactionId,
                    SponsorCode = grant.SponsorCode,
                    TransactionDateTime = saga.RequestedAt.Value,
                }
            );
            (saga.IdempotencyKey, saga.RequestBody) = (call.IdempotencyKey, call.Body.ToArray());
            SagaTelemetry.Frozen(ReversalCall.Kind.Operation);
        });

    public static EventActivityBinder<ReversalState, T> SendReverseMiles<T>(
        this EventActivityBinder<ReversalState, T> binder,
        SagaTerms terms
    )
        where T : class =>
        binder.Send(
            context => terms.Queues.AddressOf(context.Saga.CollectorNumber!),
            context => new ReverseMiles
            {
                RefundId = context.Saga.RefundId,
                CollectorNumber = context.Saga.CollectorNumber!,
                Revision = context.Saga.Revision,
                IdempotencyKey = context.Saga.IdempotencyKey!.Value,
                Body = context.Saga.RequestBody!,
            }
        );

    public static EventActivityBinder<ReversalState, T> RecordReason<T>(
        this EventActivityBinder<ReversalState, T> binder,
        SagaTerms terms,
        Func<T, string> reason
    )
        where T : class => binder.Then(context => (context.Saga.Reason, context.Saga.UpdatedAt) = (reason(context.Message), terms.Now));

    public static EventActivityBinder<ReversalState, ReverseConfirmed> ReportLateYes(
        this EventActivityBinder<ReversalState, ReverseConfirmed> binder
    ) =>
        binder.Then(context =>
        {
            context.NoteCall();
            context.DeadLetter(
                $"The issuer confirms a call of refund {context.Saga.RefundId} that was given up after its no; "
                    + "ask AIR MILES what is on the account"
            );
        });

    public static EventActivityBinder<ReversalState, ReverseConfirmed> TakeMilesAgain(
        this EventActivityBinder<ReversalState, ReverseConfirmed> binder
    ) =>
        binder.Send(
            _ => IssuerQueues.IssuanceAddress,
            context => new TakeReversalAgain
            {
                OrderId = context.Saga.OrderId,
                RefundId = context.Saga.RefundId,
                Number = context.Saga.ClaimNumber,
                Offers = context.Saga.Offers,
            }
        );

    public static GrantBinder GiveBackGrant(this GrantBinder binder) =>
        binder.Send(
            _ => IssuerQueues.IssuanceAddress,
            context => new GiveBackReversal
            {
                OrderId = context.Saga.OrderId,
                RefundId = context.Saga.RefundId,
                Number = context.Message.Number,
            }
        );

    public static EventActivityBinder<ReversalState, T> GiveMilesBack<T>(this EventActivityBinder<ReversalState, T> binder)
        where T : class =>
        binder.Send(
            _ => IssuerQueues.IssuanceAddress,
            context => new GiveBackReversal
            {
                OrderId = context.Saga.OrderId,
                RefundId = context.Saga.RefundId,
                Number = context.Saga.ClaimNumber,
            }
        );

    /// <summary>Its order has not arrived in the expected time: shown, and told again until it comes or the refund is cancelled.</summary>
    public static EventActivityBinder<ReversalState, ReversalOverdue> RecordOverdue(
        this EventActivityBinder<ReversalState, ReversalOverdue> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            (context.Saga.Reason, context.Saga.UpdatedAt) = (context.Message.Reason, terms.Now);
            context.Note(Notes.Text.Of("overdue", context.Message.Reason));
        });
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Issuance;
using MassTransit;
using GrantBinder = MassTransit.EventActivityBinder<Loyalty.Messaging.Sagas.Reversal.ReversalState, Loyalty.Messaging.Sagas.Reversal.ReversalGranted>;
using RefundBinder = MassTransit.EventActivityBinder<Loyalty.Messaging.Sagas.Reversal.ReversalState, Loyalty.Messaging.Contracts.OrderRefunded>;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>The verbs of the reversal table.</summary>
internal static class ReversalBehavior
{
    public static RefundBinder RecordRefund(this RefundBinder binder, SagaTerms terms) => binder.Then(context =>
    {
        var (saga, refund) = (context.Saga, context.Message);
        saga.RefundId = refund.RefundId;
        saga.OrderId = refund.OrderId;
        saga.ContentHash = ContentHash.Of(refund);
        saga.RefundedAt = refund.RefundedAt;
        saga.RefundReason = refund.Reason;
        saga.Refund = new RefundRequest(
            refund.RefundId, refund.Full,
            [.. refund.Lines.Select(line => new RefundedLine(line.LineId, line.Quantity, line.Amount))],
            IssuanceBehavior.Offers(refund.Issuances));
        saga.UpdatedAt = terms.Now;
    });

    public static RefundBinder ClaimMiles(this RefundBinder binder) => binder.Send(
        _ => IssuerQueues.IssuanceAddress,
        context => new ClaimReversal { OrderId = context.Saga.OrderId, Refund = context.Saga.Refund! });

    /// <summary>The refund again: the same content is a duplicate, other content is never applied.</summary>
    public static RefundBinder RecogniseRefund(this RefundBinder binder) => binder.Then(context =>
    {
        if (ContentHash.Of(context.Message).AsSpan().SequenceEqual(context.Saga.ContentHash))
        {
            context.Note(Notes.Text.Duplicate);
            return;
        }
        context.Note(Notes.Text.Conflict);
        SagaTelemetry.Conflicts.Add(1);
        context.DeadLetter($"refundId {context.Saga.RefundId} has come before with other content; the first one stands. Send the difference under a new refundId");
    });

    public static GrantBinder RecordGrant(this GrantBinder binder, SagaTerms terms) => binder.Then(context =>
    {
        var (saga, grant) = (context.Saga, context.Message);
        saga.Offers = grant.Offers;
        saga.Miles = grant.Offers.Sum(offer => offer.Miles);
        saga.CollectorNumber = grant.CollectorNumber;
        saga.SponsorCode = grant.SponsorCode;
        saga.OriginalClientTransactionId = grant.OriginalClientTransactionId;
        saga.Reason = null;
        saga.UpdatedAt = terms.Now;
    });

    public static GrantBinder FreezeCall(this GrantBinder binder, SagaTerms terms) => binder.Then(context =>
    {
        var (saga, grant) = (context.Saga, context.Message);
        saga.Revision = 1;
        saga.ClientTransactionId = FrozenCalls.ReverseTransactionId(saga.RefundId);
        saga.RequestedAt = terms.Now;
        var call = FrozenCalls.Reverse(terms, saga.RefundId, saga.Revision, new EventTransaction
        {
            ClientTransactionId = saga.ClientTransactionId,
            CollectorNumber = grant.CollectorNumber,
            DeviceId = grant.DeviceId,
            Issuances = FrozenCalls.Issuances(grant.Offers, grant.LocationCode),
            OriginalClientTransactionId = grant.OriginalClientTransactionId,
            SponsorCode = grant.SponsorCode,
            TransactionDateTime = saga.RequestedAt.Value,
        });
        (saga.IdempotencyKey, saga.RequestBody) = (call.IdempotencyKey, call.Body.ToArray());
    });

    public static GrantBinder SendReverseMiles(this GrantBinder binder, SagaTerms terms) => binder.Send(
        context => terms.Queues.AddressOf(context.Saga.CollectorNumber!),
        context => new ReverseMiles
        {
            RefundId = context.Saga.RefundId,
            CollectorNumber = context.Saga.CollectorNumber!,
            Revision = context.Saga.Revision,
            IdempotencyKey = context.Saga.IdempotencyKey!.Value,
            Body = context.Saga.RequestBody!,
        });

    public static EventActivityBinder<ReversalState, T> RecordReason<T>(this EventActivityBinder<ReversalState, T> binder, SagaTerms terms, Func<T, string> reason) where T : class =>
        binder.Then(context => (context.Saga.Reason, context.Saga.UpdatedAt) = (reason(context.Message), terms.Now));

    public static EventActivityBinder<ReversalState, ReverseConfirmed> RecordConfirmation(this EventActivityBinder<ReversalState, ReverseConfirmed> binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            context.Saga.TransactionId = context.Message.TransactionId ?? context.Saga.TransactionId;
            (context.Saga.ResponseCode, context.Saga.Reason) = (null, null);
            context.Note(Notes.Call.Made("reverse-event", context.Message.IdempotencyKey, context.Message.Attempts));
            Settled(context.Saga, terms, context.Message.Pending ? "pending" : "reversed");
        });

    public static EventActivityBinder<ReversalState, ReverseRejected> RecordRejection(this EventActivityBinder<ReversalState, ReverseRejected> binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            (context.Saga.ResponseCode, context.Saga.Reason) = (context.Message.ResponseCode, context.Message.Reason);
            context.Note(Notes.Call.Made("reverse-event", context.Message.IdempotencyKey, context.Message.Attempts));
            Settled(context.Saga, terms, "rejected");
        });

    public static EventActivityBinder<ReversalState, ReverseUnresolved> RecordSuspension(this EventActivityBinder<ReversalState, ReverseUnresolved> binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            context.Saga.Reason = context.Message.Reason;
            context.Note(Notes.Call.Made("reverse-event", context.Message.IdempotencyKey, context.Message.Attempts));
            Settled(context.Saga, terms, "suspended");
        });

    public static EventActivityBinder<ReversalState, ReverseRejected> GiveMilesBack(this EventActivityBinder<ReversalState, ReverseRejected> binder) => binder.Send(
        _ => IssuerQueues.IssuanceAddress,
        context => new GiveBackReversal { OrderId = context.Saga.OrderId, RefundId = context.Saga.RefundId });

    static void Settled(ReversalState saga, SagaTerms terms, string outcome)
    {
        saga.UpdatedAt = terms.Now;
        SagaTelemetry.Reversal(outcome, saga.Miles, saga.RequestedAt, saga.UpdatedAt);
    }
}

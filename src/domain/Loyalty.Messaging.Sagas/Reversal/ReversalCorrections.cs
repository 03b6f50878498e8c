using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>What people may decide about a refund, and what a correction changes.</summary>
internal static class ReversalCorrections
{
    public static EventActivityBinder<ReversalState, CorrectReversal> Apply(
        this EventActivityBinder<ReversalState, CorrectReversal> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            var (saga, correction) = (context.Saga, context.Message);
            var before = saga.Correction;
            saga.Correction = new ReversalCorrection(
                correction.CollectorNumber ?? before?.CollectorNumber,
                correction.LocationCode ?? before?.LocationCode,
                correction.DeviceId ?? before?.DeviceId,
                correction.Context ?? before?.Context
            );
            context.Note(
                Notes.Correction.Of(
                    [
                        CorrectionWords.OfCollector(
                            before?.CollectorNumber ?? saga.CollectorNumber,
                            saga.Correction.CollectorNumber ?? saga.CollectorNumber
                        ),
                        new("locationCode", before?.LocationCode, saga.Correction.LocationCode),
                        new("deviceId", before?.DeviceId, saga.Correction.DeviceId),
                        new("offers", CorrectionWords.OfOffers(saga.Offers), CorrectionWords.OfOffers(correction.Offers ?? saga.Offers)),
                        new("context", CorrectionWords.OfContext(before?.Context), CorrectionWords.OfContext(saga.Correction.Context)),
                    ],
                    saga.IdempotencyKey,
                    saga.RequestBody
                )
            );
            if (correction.Offers is { } offers)
                saga.Refund = new RefundRequest(saga.RefundId, false, [], offers);
            saga.ClaimNumber++;
            (saga.ResponseCode, saga.Reason, saga.UpdatedAt) = (null, null, terms.Now);
        });
}

using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>What people may decide about an order, and what a correction changes.</summary>
internal static class IssuanceCorrections
{
    public static string? Refusal(IssuanceState saga, CorrectIssuance correction, SagaTerms terms)
    {
        if (CorrectionCheck.Mistake(correction, terms) is { } mistake)
            return mistake;
        if (saga.SponsorCode != terms.SponsorCode && !terms.SponsorCodes.Contains(saga.SponsorCode!))
            return $"sponsorCode {saga.SponsorCode} is not among AirMiles__SponsorCode and AirMiles__SponsorCodes; add it there first";
        if (correction.Offers is null && saga.Miles == 0)
            return "The order has no miles; say which offers to issue";
        return null;
    }

    public static EventActivityBinder<IssuanceState, CorrectIssuance> Apply(
        this EventActivityBinder<IssuanceState, CorrectIssuance> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            var (saga, correction) = (context.Saga, context.Message);
            context.Note(
                Notes.Correction.Of(
                    [
                        CorrectionWords.OfCollector(saga.CollectorNumber, correction.CollectorNumber ?? saga.CollectorNumber),
                        new("locationCode", saga.LocationCode, correction.LocationCode ?? saga.LocationCode),
                        new("deviceId", saga.DeviceId, correction.DeviceId ?? saga.DeviceId),
                        new(
                            "offers",
                            CorrectionWords.OfOffers(saga.Order!.Issued.Offers),
                            CorrectionWords.OfOffers(correction.Offers ?? saga.Order.Issued.Offers)
                        ),
                        new(
                            "context",
                            CorrectionWords.OfContext(saga.Order.Context),
                            CorrectionWords.OfContext(correction.Context ?? saga.Order.Context)
                        ),
                    ],
                    saga.IdempotencyKey,
                    saga.RequestBody
                )
            );
            saga.CollectorNumber = correction.CollectorNumber ?? saga.CollectorNumber;
            saga.CollectorHash = terms.Collectors.Of(saga.CollectorNumber!);
            saga.LocationCode = correction.LocationCode ?? saga.LocationCode;
            saga.DeviceId = correction.DeviceId ?? saga.DeviceId;
            var order = saga.Order! with { Context = correction.Context ?? saga.Order!.Context };
            // Miles that a person has set follow no rules: refunds take them back as if commerce had calculated them.
            saga.Order = correction.Offers is { } offers
                ? order with
                {
                    Issued = order.Issued with { Rules = null, Offers = offers },
                }
                : order;
            saga.Miles = saga.Order.Issued.Offers.Sum(offer => offer.Miles);
            (saga.ResponseCode, saga.Reason, saga.UpdatedAt) = (null, null, terms.Now);
        });
}

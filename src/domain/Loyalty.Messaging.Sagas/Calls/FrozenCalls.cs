using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// Turns what a saga has decided into the exact bytes and key of a call. This is the one place where a call's body is made.
/// </summary>
internal static class FrozenCalls
{
    /// <summary>Prefixes keep an order and a refund of the same id apart at the issuer.</summary>
    public static string IssueTransactionId(string orderId) => $"I-{orderId}";

    public static string ReverseTransactionId(string refundId) => $"R-{refundId}";

    public static FrozenCall Issue(SagaTerms terms, string orderId, int revision, EventTransaction transaction) =>
        new(CallKeys.OfOrder(orderId, revision), transaction.Freeze(terms.OfferIdFormat));

    public static FrozenCall Reverse(SagaTerms terms, string refundId, int revision, EventTransaction transaction) =>
        new(CallKeys.OfRefund(refundId, revision), transaction.Freeze(terms.OfferIdFormat));

    public static IReadOnlyList<EventIssuance> Issuances(IReadOnlyList<OfferMiles> offers, string locationCode) =>
        [
            .. offers.Select(offer => new EventIssuance(
                offer.IssuanceOfferCode,
                locationCode,
                offer.Miles,
                offer.OfferDescription,
                offer.OfferId
            )),
        ];

    public static IReadOnlyList<OfferOutcome> Outcomes(IReadOnlyList<OfferMiles> offers, IReadOnlyList<IssuanceStatus>? answers = null) =>
        [
            .. offers.Select(offer => new OfferOutcome
            {
                IssuanceOfferCode = offer.IssuanceOfferCode,
                MilesAmount = offer.Miles,
                OfferId = offer.OfferId,
                OfferDescription = offer.OfferDescription,
                Status = answers
                    ?.FirstOrDefault(answer => answer.IssuanceOfferCode == offer.IssuanceOfferCode && answer.OfferId == offer.OfferId)
                    ?.Status,
            }),
        ];

    public static string Last4(string collectorNumber) => collectorNumber[^4..];
}

using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas;

/// <summary>Miles that commerce itself says an order has earned, or a refund loses, in the words of the earn rules.</summary>
internal static class GivenOffers
{
    public static IReadOnlyList<OfferMiles> Of(IReadOnlyList<OfferIssuance> issuances) =>
        [
            .. issuances.Select(offer => new OfferMiles(
                offer.IssuanceOfferCode,
                offer.OfferId,
                offer.OfferDescription,
                offer.MilesAmount,
                offer.LineIds
            )),
        ];
}

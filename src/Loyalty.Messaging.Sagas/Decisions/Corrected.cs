using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>What is wrong with the new values of a correction, as a sentence.</summary>
internal static class Corrected
{
    public static string? Mistake(string? collectorNumber, string? locationCode, IReadOnlyList<OfferMiles>? offers)
    {
        if (collectorNumber is not null && (collectorNumber.Length != 11 || collectorNumber[0] != '8' || !collectorNumber.All(char.IsAsciiDigit)))
            return "collectorNumber must be 11 digits, the first an 8";
        if (locationCode is not null && string.IsNullOrWhiteSpace(locationCode))
            return "locationCode must not be empty; leave it out to keep it";
        if (offers is { Count: 0 })
            return "offers must not be empty; leave them out to keep them";
        if (offers?.FirstOrDefault(offer => offer.Miles <= 0 || string.IsNullOrWhiteSpace(offer.IssuanceOfferCode)) is { } offer)
            return $"offers: {(string.IsNullOrWhiteSpace(offer.IssuanceOfferCode) ? "issuanceOfferCode must not be empty" : $"milesAmount of {offer.IssuanceOfferCode} must be above 0")}";
        if (offers is not null && offers.Sum(each => (long)each.Miles) > int.MaxValue)
            return "offers: more miles than can be counted";
        return null;
    }
}

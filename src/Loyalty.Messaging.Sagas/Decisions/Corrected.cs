using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>What is wrong with the new values of a correction, as a sentence.</summary>
internal static class Corrected
{
    /// <summary>By the last four digits alone; where those are the same, it is said that the others are not.</summary>
    public static Notes.Change Collector(string? before, string? after) => new(
        "collectorNumber", Masked(before), before != after && Masked(before) == Masked(after) ? $"{Masked(after)} (other digits before these)" : Masked(after));

    static string? Masked(string? collectorNumber) => collectorNumber is null ? null : $"*******{FrozenCalls.Last4(collectorNumber)}";

    /// <summary><c>STANDARD 8, BONUS (17) 5</c>.</summary>
    public static string? Words(IReadOnlyList<OfferMiles>? offers) => offers is null or { Count: 0 }
        ? null
        : string.Join(", ", offers.Select(offer => $"{offer.IssuanceOfferCode}{(offer.OfferId is null ? "" : $" ({offer.OfferId})")} {offer.Miles.ToString(CultureInfo.InvariantCulture)}"));

    public static string? Words(IReadOnlyDictionary<string, string>? context) => context is null or { Count: 0 }
        ? null
        : Mask.Collectors(string.Join(", ", context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

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

using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Collectors;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>What the journal says of a correction.</summary>
internal static class CorrectionWords
{
    /// <summary>By the last four digits alone; where those are the same, it is said that the others are not.</summary>
    public static Notes.Change OfCollector(string? before, string? after) =>
        new(
            "collectorNumber",
            Masked(before),
            before != after && Masked(before) == Masked(after) ? $"{Masked(after)} (other digits before these)" : Masked(after)
        );

    static string? Masked(string? collectorNumber) => CollectorMask.OfNumber(collectorNumber);

    /// <summary><c>STANDARD 8, BONUS (17) 5</c>.</summary>
    public static string? OfOffers(IReadOnlyList<OfferMiles>? offers) =>
        offers is null or { Count: 0 }
            ? null
            : string.Join(
                ", ",
                offers.Select(offer =>
                    $"{offer.IssuanceOfferCode}{(offer.OfferId is null ? "" : $" ({offer.OfferId})")} "
                    + $"{offer.Miles.ToString(CultureInfo.InvariantCulture)}"
                )
            );

    public static string? OfContext(IReadOnlyDictionary<string, string>? context) =>
        context is null or { Count: 0 }
            ? null
            : Mask.Collectors(
                string.Join(", ", context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            );
}

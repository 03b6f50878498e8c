using System.Globalization;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// The rows of offers in a form: <c>offerCode</c>, <c>offerId</c>, <c>offerDescription</c> and <c>offerMiles</c>, as many of each.
/// </summary>
internal static class OfferFields
{
    /// <returns>Rows without miles are left out.</returns>
    public static IReadOnlyList<CorrectedOffer> Read(IFormCollection form)
    {
        var (codes, ids, descriptions, miles) = (form["offerCode"], form["offerId"], form["offerDescription"], form["offerMiles"]);
        var offers = new List<CorrectedOffer>();
        for (var row = 0; row < miles.Count; row++)
        {
            if (MilesOf(miles[row]) is { } number)
                offers.Add(
                    new CorrectedOffer
                    {
                        IssuanceOfferCode = At(codes, row),
                        OfferId = At(ids, row),
                        OfferDescription = At(descriptions, row),
                        MilesAmount = number,
                    }
                );
        }
        return offers;
    }

    public static string? Mistake(IFormCollection form) =>
        form["offerMiles"].FirstOrDefault(miles => !string.IsNullOrWhiteSpace(miles) && MilesOf(miles) is null) is { } wrong
            ? $"'{wrong}' is not a whole number of miles"
            : null;

    public static bool AreSame(IReadOnlyList<CorrectedOffer> offers, IReadOnlyList<OfferMiles> before) =>
        offers
            .Select(offer => (offer.IssuanceOfferCode, offer.OfferId, offer.MilesAmount))
            .ToHashSet()
            .SetEquals(before.Select(offer => ((string?)offer.IssuanceOfferCode, offer.OfferId, offer.Miles)));

    static int? MilesOf(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var miles) ? miles : null;

    static string? At(Microsoft.Extensions.Primitives.StringValues values, int row) =>
        row < values.Count && !string.IsNullOrWhiteSpace(values[row]) ? values[row]!.Trim() : null;
}

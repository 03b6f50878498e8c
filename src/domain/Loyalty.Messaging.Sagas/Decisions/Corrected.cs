using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>What is wrong with the new values of a correction, as a sentence.</summary>
internal static class Corrected
{
    /// <summary>By the last four digits alone; where those are the same, it is said that the others are not.</summary>
    public static Notes.Change Collector(string? before, string? after) =>
        new(
            "collectorNumber",
            Masked(before),
            before != after && Masked(before) == Masked(after) ? $"{Masked(after)} (other digits before these)" : Masked(after)
        );

    static string? Masked(string? collectorNumber) => CollectorMask.OfNumber(collectorNumber);

    /// <summary><c>STANDARD 8, BONUS (17) 5</c>.</summary>
    public static string? Words(IReadOnlyList<OfferMiles>? offers) =>
        offers is null or { Count: 0 }
            ? null
            : string.Join(
                ", ",
                offers.Select(offer =>
                    $"{offer.IssuanceOfferCode}{(offer.OfferId is null ? "" : $" ({offer.OfferId})")} "
                    + $"{offer.Miles.ToString(CultureInfo.InvariantCulture)}"
                )
            );

    public static string? Words(IReadOnlyDictionary<string, string>? context) =>
        context is null or { Count: 0 }
            ? null
            : Mask.Collectors(
                string.Join(", ", context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            );

    /// <summary>
    /// What the contract asks of an event is asked of a correction too: nothing reaches the issuer by this door that commerce could not
    /// have sent.
    /// </summary>
    public static string? Mistake(
        string? collectorNumber,
        string? locationCode,
        string? deviceId,
        IReadOnlyList<OfferMiles>? offers,
        IReadOnlyDictionary<string, string>? context,
        SagaTerms terms
    )
    {
        if (
            collectorNumber is not null
            && (collectorNumber.Length != 11 || collectorNumber[0] != '8' || !collectorNumber.All(char.IsAsciiDigit))
        )
            return "collectorNumber must be 11 digits, the first an 8";
        if (
            collectorNumber is not null
            && terms.CollectorCheckDigit == CollectorCheckDigit.Refuse
            && !CollectorNumber.HasCheckDigit(collectorNumber)
        )
            return "collectorNumber has a wrong check digit, and AirMiles__CollectorCheckDigit is refuse";
        if (locationCode is not null && (locationCode.Length is 0 or > 8 || !locationCode.All(char.IsAsciiLetterOrDigit)))
            return "locationCode must be 1 to 8 letters and digits; leave it out to keep it";
        return Text("deviceId", deviceId, 64)
            ?? (offers is null ? null : OffersMistake(offers))
            ?? (context is null ? null : ContextMistake(context));
    }

    static string? OffersMistake(IReadOnlyList<OfferMiles> offers)
    {
        if (offers.Count is 0 or > 50)
            return "offers must be 1 to 50; leave them out to keep them";
        foreach (var offer in offers)
        {
            if (string.IsNullOrWhiteSpace(offer.IssuanceOfferCode))
                return "offers: issuanceOfferCode must not be empty";
            if (offer.Miles is <= 0 or > 10_000_000)
                return $"offers: milesAmount of {Shown(offer.IssuanceOfferCode)} must be 1 to 10000000";
            if (
                (
                    Text("issuanceOfferCode", offer.IssuanceOfferCode, 64)
                    ?? Text("offerId", offer.OfferId, 64)
                    ?? Text("offerDescription", offer.OfferDescription, 256)
                ) is
                { } mistake
            )
                return $"offers: {mistake}";
        }
        return null;
    }

    static string? ContextMistake(IReadOnlyDictionary<string, string> context) =>
        context.Count > 50
            ? "context holds more than 50 values"
            : context
                .Select(pair => Text("context: a name", pair.Key, 64) ?? Text($"context: {Shown(pair.Key)}", pair.Value, 1024))
                .FirstOrDefault(mistake => mistake is not null);

    static string? Text(string name, string? value, int most) =>
        value switch
        {
            null => null,
            _ when value.Length > most => $"{name} is longer than {most} characters",
            _ when value.Any(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r')) =>
                $"{name} holds a control character",
            _ => null,
        };

    static string Shown(string text) => text.Length <= 64 ? text : $"{text[..64]}…";
}

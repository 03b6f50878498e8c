using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>
/// What the contract asks of an event is asked of a correction too: nothing reaches the issuer by this door that commerce could not have
/// sent.
/// </summary>
public static class CorrectionCheck
{
    /// <summary>Letters and digits of a location code.</summary>
    public const int LongestLocationCode = 8;

    /// <summary>Characters of a device, an offer's code or its id.</summary>
    public const int LongestId = 64;

    /// <returns>What is wrong with the new values, as a sentence; null when nothing is.</returns>
    internal static string? Mistake(ICorrection correction, SagaTerms terms)
    {
        if (correction.CollectorNumber is { } number && (number.Length != 11 || number[0] != '8' || !number.All(char.IsAsciiDigit)))
            return "collectorNumber must be 11 digits, the first an 8";
        if (
            correction.CollectorNumber is { } card
            && terms.CollectorCheckDigit == CollectorCheckDigit.Refuse
            && !CollectorNumber.HasCheckDigit(card)
        )
            return "collectorNumber has a wrong check digit, and AirMiles__CollectorCheckDigit is refuse";
        if (
            correction.LocationCode is { } location
            && (location.Length is 0 or > LongestLocationCode || !location.All(char.IsAsciiLetterOrDigit))
        )
            return "locationCode must be 1 to 8 letters and digits; leave it out to keep it";
        return Text("deviceId", correction.DeviceId, LongestId)
            ?? (correction.Offers is { } offers ? OffersMistake(offers) : null)
            ?? (correction.Context is { } context ? ContextMistake(context) : null);
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
                    Text("issuanceOfferCode", offer.IssuanceOfferCode, LongestId)
                    ?? Text("offerId", offer.OfferId, LongestId)
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

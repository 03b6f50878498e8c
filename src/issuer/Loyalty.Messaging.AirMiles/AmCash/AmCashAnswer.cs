using System.Globalization;
using System.Text.Json;

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>One answer, or the lack of one, as it was understood.</summary>
internal sealed record AmCashAnswer(AmCashVerdict Verdict, int? Status, string? Message) : IReading
{
    const int MaxMessageLength = 200;

    /// <summary>A 401 without a responseCode: about the token, not about the collector.</summary>
    public bool TokenRefused { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public CashBalances? Balances { get; init; }

    public CashOffer? Offer { get; init; }

    /// <summary>No answer is what the issuer calls 0096, server error or no response.</summary>
    public static AmCashAnswer None(string why, int? status = null, TimeSpan? retryAfter = null) =>
        new(AmCashCodes.Of(AmCashCodes.NoAnswer, echo: false), status, Mask.Collectors(why)) { RetryAfter = retryAfter };

    public static AmCashAnswer NotLetIn(string why, int? status = null) =>
        new(
            new AmCashVerdict(null, "the issuer does not let us in", AmCashOutcome.Unauthorized, AmCashActor.Operator),
            status,
            Mask.Collectors(why)
        );

    public static AmCashAnswer WithoutToken(string why, bool tryAgain) =>
        new(
            new AmCashVerdict(null, "there is no token to ask with", AmCashOutcome.Unauthorized, AmCashActor.Operator)
            {
                RetryOnce = tryAgain,
            },
            null,
            Mask.Collectors(why)
        );

    /// <param name="body">Null when it was too long to be read.</param>
    public static AmCashAnswer Read(int status, byte[]? body, TimeSpan? retryAfter, bool echo)
    {
        try
        {
            using var json = body is { Length: > 0 } ? JsonDocument.Parse(body) : null;
            if (json?.RootElement is { ValueKind: JsonValueKind.Object } root && Text(root, "responseCode") is { Length: > 0 } code)
                return Coded(status, code.Trim(), root, retryAfter, echo);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // JSON neither by its form nor by its text: there is no code in it.
        }

        return Uncoded(status, retryAfter);
    }

    // By the code and not by the status: 202, 401 and 403 each stand for several outcomes.
    static AmCashAnswer Coded(int status, string code, JsonElement root, TimeSpan? retryAfter, bool echo)
    {
        var verdict = AmCashCodes.Of(code, echo);
        var answer = new AmCashAnswer(verdict, status, Words(root)) { RetryAfter = retryAfter };
        if (echo || verdict.Outcome != AmCashOutcome.Answered)
            return answer;
        return answer with
        {
            Balances = verdict.ShowBalances ? BalancesOf(root) : null,
            Offer = verdict.OfferRedemption ? OfferOf(root) : null,
        };
    }

    static AmCashAnswer Uncoded(int status, TimeSpan? retryAfter) =>
        status switch
        {
            401 => NotLetIn(
                "401 without a response code: the issuer refuses our token; check AirMiles__ClientId, "
                    + "AirMiles__ClientSecret and AirMiles__Audience",
                status
            ) with
            {
                TokenRefused = true,
            },
            403 => NotLetIn("403 without a response code: credentials, sponsor code or IP allow-list; ask AIR MILES", status),
            429 => new AmCashAnswer(
                new AmCashVerdict(null, "the issuer asks for fewer requests", AmCashOutcome.Later, AmCashActor.Caller),
                status,
                "429 without a response code"
            )
            {
                RetryAfter = retryAfter,
            },
            408 or >= 500 or (>= 200 and < 300) => None($"{status} without a response code", status, retryAfter),
            _ => new AmCashAnswer(
                AmCashCodes.Undocumented($"{status} without a response code"),
                status,
                $"{status} without a response code; check AirMiles__BaseAddress"
            ),
        };

    static CashBalances? BalancesOf(JsonElement root)
    {
        var balances = new CashBalances(
            Whole(root, "cashBalance"),
            Whole(root, "dreamBalance"),
            Whole(root, "availableCashBalance"),
            Number(root, "availableDollarAmount")
        );
        return balances == new CashBalances(null, null, null, null) ? null : balances;
    }

    // The issuer sends the offer's fields only where there is something to offer.
    static CashOffer? OfferOf(JsonElement root) =>
        Whole(root, "availableOfferUnits") is { } units and > 0
            ? new CashOffer(
                units,
                Whole(root, "dailyOfferLimit"),
                Whole(root, "unitValueAMCash"),
                Number(root, "unitValueDollars"),
                Text(root, "offerId"),
                Text(root, "offerType"),
                Text(root, "offerDescEn"),
                Text(root, "offerDescFr")
            )
            : null;

    static int? Whole(JsonElement root, string name) =>
        Number(root, name) is { } number && number is >= 0 and <= int.MaxValue && decimal.Truncate(number) == number ? (int)number : null;

    // Strings by the documentation; a number would mean the same.
    static decimal? Number(JsonElement root, string name) =>
        decimal.TryParse(
            Text(root, name),
            NumberStyles.AllowLeadingSign
                | NumberStyles.AllowDecimalPoint
                | NumberStyles.AllowLeadingWhite
                | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    static string? Words(JsonElement root) =>
        Text(root, "message") is { Length: > 0 } text
            ? Mask.Collectors(text.Length <= MaxMessageLength ? text : text[..MaxMessageLength])
            : null;

    static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => Mask.Storable(value.GetString()!),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;
}

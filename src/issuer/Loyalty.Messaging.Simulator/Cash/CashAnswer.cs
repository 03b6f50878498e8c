using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Simulator.Answers;

namespace Loyalty.Messaging.Simulator.Cash;

/// <summary>Writes the answers of ECHO and INQUIRE. Their numbers are strings, and their time has no zone.</summary>
internal sealed class CashAnswer(SimulatorOptions options, TimeProvider time)
{
    const int MilesPerUnit = 95;
    const int DollarsPerUnit = 10;

    static readonly string[] PresentedCard = ["SWIPE", "SCAN", "PREREGISTERED"];

    public DateTimeOffset Now => time.GetUtcNow().ToOffset(TimeSpan.FromHours(-5));

    public Answer ToInquiry(JsonElement request, string? scripted)
    {
        var rejected = options.Rejected.Contains(request.GetProperty("collectorNumber").GetString()!);
        var code = ResponseCodes.Of(scripted ?? (rejected ? ResponseCodes.InvalidCollector : ResponseCodes.Approved));
        return Write(
            request,
            code,
            Now,
            json =>
            {
                if (ShowsBalances(code))
                    WriteBalances(json);
                if (OffersRedemption(code, request))
                    WriteOffer(json);
            }
        );
    }

    /// <summary>The echo of a request that succeeded, with code and message, which are always there.</summary>
    public static Answer Write(JsonElement request, ResponseCode code, DateTimeOffset now, Action<Utf8JsonWriter> more) =>
        Answer.Json(
            code.Status,
            SimulatorJson.Body(json =>
            {
                if (code.Status is 200 or 202)
                {
                    foreach (
                        var member in request
                            .EnumerateObject()
                            .Where(member => member.Name is not ("cardEntryMode" or "instantMessage" or "postTaxBasketAmount"))
                    )
                        member.WriteTo(json);
                }

                json.WriteString("message", code.Message);
                json.WriteString("responseCode", code.Code);
                json.WriteString("transDateTime", now.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
                more(json);
            })
        );

    static bool ShowsBalances(ResponseCode code) =>
        code.Code is ResponseCodes.Approved or ResponseCodes.UnableToRedeem or ResponseCodes.InsufficientMiles;

    bool OffersRedemption(ResponseCode code, JsonElement request) =>
        code.Code is ResponseCodes.Approved or ResponseCodes.BalanceSuppressed
        && PresentedCard.Contains(request.GetProperty("cardEntryMode").GetString())
        && UnitsWithin() > 0;

    int UnitsWithin() => Math.Min(options.CashBalance / MilesPerUnit, options.DailyOfferLimit);

    void WriteBalances(Utf8JsonWriter json)
    {
        json.WriteString("availableCashBalance", Text(Math.Min(options.CashBalance, options.DailyOfferLimit * MilesPerUnit)));
        json.WriteString("availableDollarAmount", Text(UnitsWithin() * DollarsPerUnit));
        json.WriteString("cashBalance", Text(options.CashBalance));
        json.WriteString("dreamBalance", Text(options.DreamBalance));
    }

    void WriteOffer(Utf8JsonWriter json)
    {
        json.WriteString("availableOfferUnits", Text(UnitsWithin()));
        json.WriteString("dailyOfferLimit", Text(options.DailyOfferLimit));
        json.WriteString("offerDescEn", "Sample offer description in English.");
        json.WriteString("offerDescFr", "Exemple de description de l'offre en français.");
        json.WriteString("offerId", "1111111111");
        json.WriteString("offerType", "RGL");
        json.WriteString("unitValueAMCash", Text(MilesPerUnit));
        json.WriteString("unitValueDollars", "10.00");
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

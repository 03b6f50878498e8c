using System.Globalization;
using System.Text.Json;

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>Writes the bodies: every value a string, nothing null.</summary>
internal static class AmCashRequest
{
    public static byte[] Echo(AirMilesOptions options, string traceId) => Body(json => Common(json, options, traceId, null));

    public static byte[] Inquire(AirMilesOptions options, Inquiry inquiry, string traceId, DateTimeOffset sent) =>
        Body(json =>
        {
            json.WriteString("acquirerId", options.AcquirerId);
            json.WriteString("cardEntryMode", inquiry.CardEntryMode);
            json.WriteString("collectorNumber", inquiry.CollectorNumber);
            json.WriteString(
                "dateTime",
                IssuerDates.WithPlainOffset(TimeZoneInfo.ConvertTime(sent, TimeZoneInfo.FindSystemTimeZoneById(options.TransactionDayZone)))
            );
            json.WriteString("instantMessage", inquiry.InstantMessage);
            json.WriteString("postTaxBasketAmount", inquiry.Amount.ToString("0.00", CultureInfo.InvariantCulture));
            Common(json, options, traceId, inquiry);
        });

    static void Common(Utf8JsonWriter json, AirMilesOptions options, string traceId, Inquiry? inquiry)
    {
        json.WriteString("deviceId", inquiry?.DeviceId ?? options.DeviceId);
        json.WriteString("sponsorCode", inquiry?.SponsorCode ?? options.SponsorCode);
        json.WriteString("storeId", inquiry?.StoreId ?? options.StoreId);
        json.WriteString("traceId", traceId);
        json.WriteString("vendorId", options.VendorId);
    }

    static byte[] Body(Action<Utf8JsonWriter> members)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// The body of POST/EVENT and, with <see cref="OriginalClientTransactionId"/>, of REVERSE/EVENT, as on the issuer's pages of these names.
/// Names and order of the members are the issuer's.
/// </summary>
public sealed record EventTransaction
{
    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Unique identifier that we give the transaction.</summary>
    public required string ClientTransactionId { get; init; }

    /// <summary>11 digits, the first an 8.</summary>
    public required string CollectorNumber { get; init; }

    /// <summary>Notes as key and value; written in the ordinal order of the keys. Left out when empty.</summary>
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Coupon codes applied to the bill (<c>coupon</c>). Left out when empty.</summary>
    public IReadOnlyList<string>? Coupons { get; init; }

    /// <summary>The POS terminal. Left out when empty.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The miles per offer; positive on reversals too (REVERSE/EVENT page).</summary>
    public required IReadOnlyList<EventIssuance> Issuances { get; init; }

    /// <summary>On reversals: the clientTransactionId that the issuer accepted for the order.</summary>
    public string? OriginalClientTransactionId { get; init; }

    /// <summary>Assigned by AIR MILES.</summary>
    public required string SponsorCode { get; init; }

    /// <summary>When the request is first sent; written in UTC with milliseconds.</summary>
    public required DateTimeOffset TransactionDateTime { get; init; }

    /// <summary>
    /// The bytes to store and to send, unchanged, on every attempt: UTF-8 JSON, absent optional members left out, never null.
    /// </summary>
    /// <param name="format">How an offerId that is a whole number is written; others are always strings.</param>
    public byte[] Freeze(OfferIdFormat format = OfferIdFormat.Number)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("clientTransactionId", ClientTransactionId);
            json.WriteString("collectorNumber", CollectorNumber);
            WriteContext(json);
            WriteCoupons(json);
            WriteOptional(json, "deviceId", DeviceId);
            json.WriteStartArray("issuances");
            foreach (var issuance in Issuances)
                Write(json, issuance, format);
            json.WriteEndArray();
            WriteOptional(json, "originalClientTransactionId", OriginalClientTransactionId);
            json.WriteString("sponsorCode", SponsorCode);
            json.WriteString(
                "transactionDateTime",
                TransactionDateTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            );
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    static void Write(Utf8JsonWriter json, EventIssuance issuance, OfferIdFormat format)
    {
        json.WriteStartObject();
        json.WriteString("issuanceOfferCode", issuance.IssuanceOfferCode);
        json.WriteString("locationCode", issuance.LocationCode);
        json.WriteNumber("milesAmount", issuance.MilesAmount);
        WriteOptional(json, "offerDescription", issuance.OfferDescription);
        if (format == OfferIdFormat.Number && IsWholeNumber(issuance.OfferId, out var number))
            json.WriteNumber("offerId", number);
        else
            WriteOptional(json, "offerId", issuance.OfferId);
        json.WriteEndObject();
    }

    // Only what comes back the same: "007" or "1e3" as numbers would name another offer.
    static bool IsWholeNumber(string? offerId, out long number) =>
        long.TryParse(offerId, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number.ToString(CultureInfo.InvariantCulture) == offerId;

    static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    void WriteContext(Utf8JsonWriter json)
    {
        if (Context is not { Count: > 0 } context)
            return;
        json.WriteStartObject("context");
        foreach (var (key, value) in context.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (value is not null)
                json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    void WriteCoupons(Utf8JsonWriter json)
    {
        if (Coupons is not { Count: > 0 } coupons)
            return;
        json.WriteStartArray("coupon");
        foreach (var coupon in coupons)
            json.WriteStringValue(coupon);
        json.WriteEndArray();
    }
}

/// <summary>The miles of one offer on the wire (<c>issuances[]</c> of the POST/EVENT page).</summary>
/// <param name="IssuanceOfferCode">Offer code, e.g. <c>STANDARD</c>.</param>
/// <param name="LocationCode">Store; four digits with leading zeros, hence a string.</param>
/// <param name="MilesAmount">Whole miles, positive on reversals too.</param>
/// <param name="OfferDescription">Left out when empty.</param>
/// <param name="OfferId">Left out when empty; see <see cref="OfferIdFormat"/>.</param>
public sealed record EventIssuance(
    string IssuanceOfferCode,
    string LocationCode,
    int MilesAmount,
    string? OfferDescription,
    string? OfferId
);

/// <summary>The issuer's samples show offerId both as a number (POST/EVENT page) and as a string (POST page).</summary>
public enum OfferIdFormat
{
    /// <summary>A whole number is written as a number.</summary>
    Number,

    /// <summary>Always a string.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the JSON type, named as the configuration's readers know it.")]
    String,
}

using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Simulator.Answers;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>Writes the issuer's yes: an echo of the request with its transactionId and a status per issuance.</summary>
internal sealed class IssuanceAnswer(SimulatorOptions options, TimeProvider time)
{
    const string Pending = "PENDING";

    // The samples show the issuer's own offset, and an instant that is not the request's.
    static readonly TimeSpan IssuerOffset = TimeSpan.FromHours(-5);

    public Answer Write(IssuanceRequest request, string transactionId, int status, bool pending) =>
        Answer.Json(
            status,
            SimulatorJson.Body(json =>
            {
                json.WriteString("clientTransactionId", request.ClientTransactionId);
                json.WriteString("collectorNumber", request.CollectorNumber);
                WriteCoupons(json, request.Coupons);
                if (request.DeviceId is not null)
                    json.WriteString("deviceId", request.DeviceId);
                json.WriteStartArray("issuances");
                foreach (var offer in request.Issuances)
                    WriteOffer(json, offer, pending || status == StatusCodes.Status202Accepted);
                json.WriteEndArray();
                if (request.OriginalClientTransactionId is not null)
                    json.WriteString("originalClientTransactionId", request.OriginalClientTransactionId);
                json.WriteString("sponsorCode", request.SponsorCode);
                json.WriteString(
                    "transactionDateTime",
                    time.GetUtcNow().ToOffset(IssuerOffset).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)
                );
                json.WriteString("transactionId", transactionId);
            })
        );

    static void WriteCoupons(Utf8JsonWriter json, IReadOnlyList<string> coupons)
    {
        if (coupons.Count == 0)
            return;

        json.WriteStartArray("coupon");
        foreach (var coupon in coupons)
            json.WriteStringValue(coupon);
        json.WriteEndArray();
    }

    void WriteOffer(Utf8JsonWriter json, OfferMiles offer, bool pending)
    {
        json.WriteStartObject();
        json.WriteString("issuanceOfferCode", offer.IssuanceOfferCode);
        json.WriteString("locationCode", offer.LocationCode);
        json.WriteNumber("milesAmount", offer.MilesAmount);
        if (offer.OfferDescription is not null)
            json.WriteString("offerDescription", offer.OfferDescription);
        WriteOfferId(json, offer.OfferId);
        json.WriteString("status", pending ? Pending : options.SettledStatus);
        json.WriteEndObject();
    }

    void WriteOfferId(Utf8JsonWriter json, string? offerId)
    {
        if (offerId is null)
            return;
        if (options.NumericOfferIds && long.TryParse(offerId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            json.WriteNumber("offerId", number);
        else
            json.WriteString("offerId", offerId);
    }
}

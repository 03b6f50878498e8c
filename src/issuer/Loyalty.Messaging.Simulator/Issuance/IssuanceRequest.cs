using System.Text.Json;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>A request that obeys the rules.</summary>
internal sealed record IssuanceRequest
{
    public required bool Reversal { get; init; }

    public required string ClientTransactionId { get; init; }

    public string? OriginalClientTransactionId { get; init; }

    public required string CollectorNumber { get; init; }

    public required string SponsorCode { get; init; }

    public string? DeviceId { get; init; }

    public required IReadOnlyList<string> Coupons { get; init; }

    public required IReadOnlyList<OfferMiles> Issuances { get; init; }

    public static IssuanceRequest From(JsonElement json, bool reversal) =>
        new()
        {
            Reversal = reversal,
            ClientTransactionId = TextOf(json, "clientTransactionId")!,
            OriginalClientTransactionId = TextOf(json, "originalClientTransactionId"),
            CollectorNumber = TextOf(json, "collectorNumber")!,
            SponsorCode = TextOf(json, "sponsorCode")!,
            DeviceId = TextOf(json, "deviceId"),
            Coupons = json.TryGetProperty("coupon", out var coupons) ? [.. coupons.EnumerateArray().Select(code => code.GetString()!)] : [],
            Issuances = [.. json.GetProperty("issuances").EnumerateArray().Select(OfferFrom)],
        };

    public Effect ToEffect(long sequence, string idempotencyKey, string transactionId, DateTimeOffset at) =>
        new()
        {
            Sequence = sequence,
            Kind = Reversal ? Effect.Reverse : Effect.Issue,
            ClientTransactionId = ClientTransactionId,
            OriginalClientTransactionId = OriginalClientTransactionId,
            CollectorNumber = CollectorNumber,
            SponsorCode = SponsorCode,
            Issuances = Issuances,
            Miles = Issuances.Sum(offer => offer.MilesAmount),
            TransactionId = transactionId,
            IdempotencyKey = idempotencyKey,
            At = at,
        };

    static OfferMiles OfferFrom(JsonElement json) =>
        new()
        {
            IssuanceOfferCode = TextOf(json, "issuanceOfferCode")!,
            LocationCode = TextOf(json, "locationCode")!,
            MilesAmount = json.GetProperty("milesAmount").GetInt64(),
            OfferDescription = TextOf(json, "offerDescription"),
            // 22 and "22" are one offer: the request shows the number, the answer the string.
            OfferId = TextOf(json, "offerId"),
        };

    static string? TextOf(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? value.ToString() : null;
}

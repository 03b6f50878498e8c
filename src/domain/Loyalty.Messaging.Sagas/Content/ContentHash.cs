using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Sagas.Content;

/// <summary>
/// Fingerprint of what an event means, without the id of the publication: tells a repeated event from a second, different one under the
/// same business key.
/// How numbers are spelled, the offset of an instant, the order of lines, offers and coupons, and absent against empty make no difference.
/// </summary>
public static class ContentHash
{
    public static byte[] Of(OrderCompleted order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return CanonicalText.Hash(
            order,
            static (text, order) =>
            {
                text.Add("orderId", order.OrderId);
                text.Add("collectorNumber", order.CollectorNumber);
                text.Add("completedAt", order.CompletedAt);
                text.Add("sponsorCode", order.SponsorCode);
                text.Add("locationCode", order.LocationCode);
                text.Add("deviceId", order.DeviceId);
                text.Add("currency", order.Currency);
                foreach (var line in order.Lines.OrderBy(line => line.LineId, StringComparer.Ordinal))
                {
                    text.Add("lines.lineId", line.LineId);
                    text.Add("lines.sku", line.Sku);
                    text.Add("lines.category", line.Category);
                    text.Add("lines.quantity", line.Quantity);
                    text.Add("lines.amount", line.Amount);
                }
                AddOffers(text, order.Issuances);
                foreach (var coupon in order.Coupons.Order(StringComparer.Ordinal))
                    text.Add("coupons", coupon);
                foreach (var (key, value) in order.Context.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    text.Add("context.key", key);
                    text.Add("context.value", value);
                }
            }
        );
    }

    public static byte[] Of(OrderRefunded refund)
    {
        ArgumentNullException.ThrowIfNull(refund);
        return CanonicalText.Hash(
            refund,
            static (text, refund) =>
            {
                text.Add("refundId", refund.RefundId);
                text.Add("orderId", refund.OrderId);
                text.Add("refundedAt", refund.RefundedAt);
                foreach (var line in refund.Lines.OrderBy(line => line.LineId, StringComparer.Ordinal))
                {
                    text.Add("lines.lineId", line.LineId);
                    text.Add("lines.quantity", line.Quantity);
                    text.Add("lines.amount", line.Amount);
                }
                text.Add("full", refund.Full ? "true" : null);
                AddOffers(text, refund.Issuances);
                text.Add("reason", refund.Reason);
            }
        );
    }

    /// <summary>Whether an order that is known by this fingerprint, of whichever version, says the same as this one.</summary>
    public static bool IsOf(OrderCompleted order, byte[]? known) =>
        known is not null && (FirstContentHash.Is(known) ? FirstContentHash.Of(order) : Of(order)).AsSpan().SequenceEqual(known);

    /// <inheritdoc cref="IsOf(OrderCompleted, byte[])"/>
    public static bool IsOf(OrderRefunded refund, byte[]? known) =>
        known is not null && (FirstContentHash.Is(known) ? FirstContentHash.Of(refund) : Of(refund)).AsSpan().SequenceEqual(known);

    static void AddOffers(CanonicalText text, IReadOnlyList<OfferIssuance> offers)
    {
        foreach (
            var offer in offers
                .OrderBy(offer => offer.IssuanceOfferCode, StringComparer.Ordinal)
                .ThenBy(offer => offer.OfferId, StringComparer.Ordinal)
                .ThenBy(offer => offer.MilesAmount)
        )
        {
            text.Add("issuances.issuanceOfferCode", offer.IssuanceOfferCode);
            text.Add("issuances.milesAmount", offer.MilesAmount);
            text.Add("issuances.offerId", offer.OfferId);
            text.Add("issuances.offerDescription", offer.OfferDescription);
            foreach (var lineId in (offer.LineIds ?? []).Order(StringComparer.Ordinal))
                text.Add("issuances.lineIds", lineId);
        }
    }
}

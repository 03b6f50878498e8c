using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Sagas.Content;

/// <summary>
/// The first version of <see cref="ContentHash"/>, by which older orders and refunds are known: the serializer's output of the contract as
/// it was then. Its members and their order are written down here, for the contract goes on. A repetition that is spelled in another way is
/// a conflict to it.
/// </summary>
internal static class FirstContentHash
{
    public static bool Is(byte[] known) => known.Length == SHA256.HashSizeInBytes;

    public static byte[] Of(OrderCompleted order) =>
        Hash(
            new
            {
                EventId = (string?)null,
                order.OrderId,
                order.CollectorNumber,
                order.CompletedAt,
                order.SponsorCode,
                order.LocationCode,
                order.DeviceId,
                order.Currency,
                Lines = order.Lines.Select(line => new
                {
                    line.LineId,
                    line.Sku,
                    line.Category,
                    line.Quantity,
                    line.Amount,
                }),
                Issuances = Offers(order.Issuances),
                order.Coupons,
                Context = new SortedDictionary<string, string>(order.Context.ToDictionary(), StringComparer.Ordinal),
            }
        );

    public static byte[] Of(OrderRefunded refund) =>
        Hash(
            new
            {
                EventId = (string?)null,
                refund.RefundId,
                refund.OrderId,
                refund.RefundedAt,
                Lines = refund.Lines.Select(line => new
                {
                    line.LineId,
                    line.Quantity,
                    line.Amount,
                }),
                refund.Full,
                Issuances = Offers(refund.Issuances),
                refund.Reason,
            }
        );

    static IEnumerable<object> Offers(IReadOnlyList<OfferIssuance> offers) =>
        offers.Select(offer => new
        {
            offer.IssuanceOfferCode,
            offer.MilesAmount,
            offer.OfferId,
            offer.OfferDescription,
            offer.LineIds,
        });

    static byte[] Hash<T>(T content) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content));
}

using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>An order in the words of the earn rules.</summary>
public static class OrderBasket
{
    /// <param name="day">The issuer's transaction day of the order; null when it does not matter.</param>
    public static Basket Of(OrderCompleted order, DateOnly? day)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new Basket(
            [.. order.Lines.Select(line => new BasketLine(line.LineId, line.Sku, line.Category, line.Quantity, line.Amount))],
            order.Coupons,
            order.CompletedAt,
            day
        );
    }
}

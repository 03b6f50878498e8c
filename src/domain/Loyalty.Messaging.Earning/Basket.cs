namespace Loyalty.Messaging.Earning;

/// <summary>One line of a completed order.</summary>
/// <param name="LineId">Identity of the line inside its order; refunds name it.</param>
/// <param name="Sku">Article, where commerce sends one.</param>
/// <param name="Category">Category, compared without regard to case with the excluded ones.</param>
/// <param name="Quantity">How many (pieces, kilograms); the unit is commerce's own.</param>
/// <param name="Amount">Net amount of the whole line before tax, in the order's currency. A discount line is negative.</param>
public sealed record BasketLine(string LineId, string? Sku, string? Category, decimal Quantity, decimal Amount);

/// <summary>What was bought: all that earn rules may look at.</summary>
/// <param name="Lines">The lines; empty when commerce sent only miles that it had calculated itself.</param>
/// <param name="Coupons">Coupon codes applied at checkout.</param>
/// <param name="CompletedAt">When the order was completed, with commerce's offset.</param>
/// <param name="Day">
/// The calendar day of <paramref name="CompletedAt"/> in the transaction-day zone, frozen with the order: a zone's rules may change. Null
/// is not known:
/// then no rule with a date window applies.
/// </param>
public sealed record Basket(
    IReadOnlyList<BasketLine> Lines,
    IReadOnlyList<string> Coupons,
    DateTimeOffset CompletedAt,
    DateOnly? Day = null
);

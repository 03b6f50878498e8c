namespace Loyalty.Messaging.Earning;

/// <summary>A basket, or what refunds have left of one, as the rules look at it: lines that have come back are not in it.</summary>
internal sealed record MeasuredBasket(IReadOnlyList<MeasuredLine> Lines, IReadOnlyList<string> Coupons, DateOnly? Day)
{
    public static MeasuredBasket Of(Basket basket) =>
        new([.. basket.Lines.Select(line => new MeasuredLine(line, Fraction.Of(line.Amount)))], basket.Coupons, basket.Day);
}

/// <summary>A line and what it is worth now.</summary>
internal readonly record struct MeasuredLine(BasketLine Line, Fraction Amount);

using FsCheck;
using FsCheck.Fluent;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.UnitTests.Earning;

/// <summary>An order and refunds that together return all of it, each exactly once, in some order.</summary>
internal sealed record Journey(IssuedMiles Issued, IReadOnlyList<RefundRequest> Refunds, IReadOnlyList<RefundRequest> Shuffled)
{
    public override string ToString() => System.Text.Json.JsonSerializer.Serialize(new { Issued, Refunds });
}

/// <summary>Random orders under random rules or with miles calculated by commerce, and random splits of their return.</summary>
internal static class Journeys
{
    static readonly string?[] Categories = [null, "grocery", "tobacco", "gift"];

    static readonly Gen<decimal> Cents = Gen.OneOf(Gen.Choose(0, 500), Gen.Choose(0, 50_000)).Select(cents => cents / 100m);

    static readonly string?[] Skus = [null, "A", "B", "C"];

    /// <summary>All conditions and rewards; in the group <c>tiers</c> under one offer, in the group <c>rivals</c> under one each.</summary>
    static readonly Gen<BonusRule> Bonus =
        from skus in Gen.SubListOf("a", "B")
        from categories in Gen.SubListOf("grocery")
        from coupons in Gen.SubListOf("SAVE")
        from threshold in Gen.Elements(0.01m, 5m, 77.77m, 200m)
        from thresholdOf in Gen.Elements(EarnScope.MatchingLines, EarnScope.Order)
        from lastDay in Gen.Elements(null, (DateOnly?)Orders.Day, Orders.Day.AddDays(-1))
        from miles in Gen.Choose(1, 60)
        from step in Gen.Elements(null, (decimal?)3m, 50m)
        from multiplier in Gen.Elements(null, (decimal?)1.5m, 2m, 3.3m)
        from multiplierOf in Gen.Elements(EarnScope.MatchingLines, EarnScope.Order)
        from @group in Gen.Elements(null, null, "tiers", "rivals")
        select new BonusRule
        {
            Skus = [.. skus],
            Categories = [.. categories],
            Coupons = [.. coupons],
            Threshold = threshold,
            ThresholdOf = thresholdOf,
            LastDay = lastDay,
            Miles = multiplier is null ? miles : null,
            Step = multiplier is null ? step : null,
            Multiplier = multiplier,
            MultiplierOf = multiplierOf,
            Group = @group,
            IssuanceOfferCode = @group ?? "adds",
        };

    static readonly Gen<EarnRules> Rules =
        from step in Gen.Elements(20.00m, 0.01m, 7m, 13.37m, 100m)
        from miles in Gen.Choose(0, 5)
        from excluded in Gen.SubListOf("tobacco", "gift")
        from bonuses in Bonus.ArrayOf().Resize(5)
        select new EarnRules
        {
            Base = new BaseRule
            {
                Step = step,
                Miles = miles,
                ExcludedCategories = [.. excluded],
            },
            Bonuses =
            [
                .. bonuses
                    .Where(bonus => miles > 0 || bonus.Multiplier is null)
                    .Select((bonus, index) => bonus.Group == "tiers" ? bonus : bonus with { OfferId = $"{index}" }),
            ],
        };

    static readonly Gen<BasketLine[]> Lines =
        from count in Gen.Choose(1, 5)
        from lines in (
            from quantity in Gen.Choose(1, 7)
            from amount in Cents
            from sku in Gen.Elements(Skus)
            from category in Gen.Elements(Categories)
            select (quantity, amount, sku, category)
        ).ArrayOf(count)
        select lines.Select((line, index) => new BasketLine($"{index + 1}", line.sku, line.category, line.quantity, line.amount)).ToArray();

    static readonly Gen<IssuedMiles> ByRules = from rules in Rules from lines in Lines select Orders.Earned(rules, lines);

    static readonly Gen<IssuedMiles> ByCommerce =
        from lines in Lines
        from offers in (
            from code in Gen.Elements("STANDARD", "BONUS")
            from id in Gen.Elements(null, "22", "23")
            from miles in Gen.Choose(0, 400)
            from ids in Gen.SubListOf(lines.Select(line => line.LineId).ToArray())
            select new OfferMiles(code, id, null, miles, ids.Count == 0 ? null : [.. ids])
        )
            .ArrayOf()
            .Resize(4)
        select Orders.Calculated(offers, lines);

    /// <summary>Refunds of goods alone, which may come in any order.</summary>
    public static Arbitrary<Journey> OfGoods =>
        (
            from issued in Gen.OneOf(ByRules, ByCommerce)
            from refunds in Split(issued.Basket)
            from shuffled in Gen.Shuffle(refunds)
            select new Journey(issued, refunds, shuffled)
        ).ToArbitrary();

    /// <summary>Some refunds of goods, explicit miles in between, and at the end all the rest.</summary>
    public static Arbitrary<Journey> Mixed =>
        (
            from issued in Gen.OneOf(ByRules, ByCommerce)
            from goods in Split(issued.Basket)
            from some in Gen.SubListOf(goods)
            from miles in Explicit(issued).ArrayOf().Resize(3)
            from shuffled in Gen.Shuffle(some.Concat(miles.Where(refund => refund.Miles.Count > 0)).ToArray())
            select new Journey(issued, [.. shuffled, Orders.Full()], [])
        ).ToArbitrary();

    static Gen<RefundRequest> Explicit(IssuedMiles issued) =>
        from amounts in Gen.Choose(0, 100).ArrayOf(issued.Offers.Count)
        select Orders.Miles([.. issued.Offers.Zip(amounts, (offer, miles) => offer with { Miles = miles })]);

    static Gen<RefundRequest[]> Split(Basket basket) =>
        from pieces in Gen.CollectToArray(basket.Lines, Pieces).Select(perLine => perLine.SelectMany(line => line).ToArray())
        from shuffled in Gen.Shuffle(pieces)
        from homes in Gen.Choose(1, 6).ArrayOf(pieces.Length)
        select Refunds(shuffled.Zip(homes));

    static RefundRequest[] Refunds(IEnumerable<(RefundedLine Line, int Home)> pieces) =>
        [
            .. pieces
                .GroupBy(piece => piece.Home, piece => piece.Line)
                .Select(home => new RefundRequest($"RF-{home.Key}", false, [.. home], [])),
        ];

    static Gen<RefundedLine[]> Pieces(BasketLine line) =>
        Gen.OneOf(
            Gen.Constant(new[] { new RefundedLine(line.LineId, null, null) }),
            ByQuantity(line),
            from pieces in ByQuantity(line)
            from money in Cents
            select pieces.Append(new RefundedLine(line.LineId, null, money)).ToArray()
        );

    static Gen<RefundedLine[]> ByQuantity(BasketLine line) =>
        from sizes in Gen.Choose(1, 3).ArrayOf((int)line.Quantity)
        from amounts in Gen.OneOf(Gen.Constant((decimal?)null), Cents.Select(cents => (decimal?)cents)).ArrayOf((int)line.Quantity)
        select Cut(line.Quantity, sizes).Zip(amounts, (quantity, amount) => new RefundedLine(line.LineId, quantity, amount)).ToArray();

    static IEnumerable<decimal> Cut(decimal quantity, int[] sizes)
    {
        foreach (var size in sizes)
        {
            if (quantity <= 0)
                yield break;
            var piece = Math.Min(size, quantity);
            quantity -= piece;
            yield return piece;
        }
    }
}

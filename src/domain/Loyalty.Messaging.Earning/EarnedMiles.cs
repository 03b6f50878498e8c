using System.Numerics;

namespace Loyalty.Messaging.Earning;

/// <summary>What a basket earns.</summary>
public static class EarnedMiles
{
    /// <summary>
    /// The miles of <paramref name="basket"/>, one entry per offer, the base rule's first; offers that earn nothing are left out.
    /// </summary>
    /// <exception cref="MilesOutOfRangeException">An offer, or all of them together, would earn more than <see cref="int.MaxValue"/>
    /// miles.</exception>
    /// <exception cref="ArgumentException">The rules are not valid, see <see cref="EarnRules.Validate"/>.</exception>
    public static IReadOnlyList<OfferMiles> For(EarnRules rules, Basket basket)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(basket);
        if (rules.Validate().FirstOrDefault() is { } sentence)
            throw new ArgumentException(sentence, nameof(rules));

        var measured = MeasuredBasket.Of(basket);
        var earned = new List<OfferMiles>();
        Add(
            earned,
            "Earning:Base",
            rules.Base.IssuanceOfferCode,
            rules.Base.OfferId,
            rules.Base.OfferDescription,
            OfBase(rules.Base, measured.Lines)
        );
        var bonuses = rules.Bonuses.Select(bonus => OfBonus(rules, bonus, measured)).ToList();
        for (var index = 0; index < bonuses.Count; index++)
        {
            var bonus = rules.Bonuses[index];
            if (IsBest(rules.Bonuses, bonuses, index))
                Add(earned, $"Earning:Bonuses:{index}", bonus.IssuanceOfferCode, bonus.OfferId, bonus.OfferDescription, bonuses[index]);
        }

        var total = earned.Sum(offer => (long)offer.Miles);
        return total <= int.MaxValue
            ? earned
            : throw new MilesOutOfRangeException(
                $"The order would earn {total} miles in all, more than the {int.MaxValue} that can be issued; "
                    + "check its amounts and Earning:Bonuses"
            );
    }

    /// <summary>
    /// What an offer would be issued for <paramref name="basket"/>. Several bonuses under one offer are always of one group: the best of
    /// them counts.
    /// </summary>
    internal static BigInteger Of(EarnRules rules, (string Code, string? Id) offer, MeasuredBasket basket)
    {
        var most = rules.Base.Offer == offer ? OfBase(rules.Base, basket.Lines) : BigInteger.Zero;
        foreach (var bonus in rules.Bonuses.Where(bonus => bonus.Offer == offer))
            most = BigInteger.Max(most, OfBonus(rules, bonus, basket));
        return most;
    }

    static BigInteger OfBase(BaseRule rule, IReadOnlyList<MeasuredLine> lines) =>
        Steps(Worth(lines.Where(line => rule.Counts(line.Line))), rule.Step) * rule.Miles;

    static BigInteger OfBonus(EarnRules rules, BonusRule bonus, MeasuredBasket basket)
    {
        if (!bonus.IsOpenOn(basket.Day) || !bonus.IsCalledFor(basket.Coupons))
            return BigInteger.Zero;
        var order = basket.Lines.Where(line => rules.Base.Counts(line.Line)).ToList();
        var matching = order.FindAll(line => bonus.Matches(line.Line));
        if (matching.Count == 0)
            return BigInteger.Zero;
        if (bonus.Threshold is { } threshold && Worth(Scope(bonus.ThresholdOf)) < Fraction.Of(threshold))
            return BigInteger.Zero;
        if (bonus.Multiplier is { } multiplier)
            return (Fraction.Of(OfBase(rules.Base, Scope(bonus.MultiplierOf))) * (Fraction.Of(multiplier) - Fraction.Of(1m))).Floor();
        return (bonus.Step is { } step ? Steps(Worth(matching), step) : BigInteger.One) * (bonus.Miles ?? 0);

        List<MeasuredLine> Scope(EarnScope scope) => scope == EarnScope.Order ? order : matching;
    }

    static bool IsBest(IReadOnlyList<BonusRule> rules, List<BigInteger> miles, int index)
    {
        for (var other = 0; other < rules.Count; other++)
        {
            if (
                other != index
                && rules[index].Excludes(rules[other])
                && (miles[other] > miles[index] || (miles[other] == miles[index] && other < index))
            )
                return false;
        }

        return true;
    }

    static void Add(List<OfferMiles> earned, string key, string code, string? offerId, string? description, BigInteger miles)
    {
        if (miles > int.MaxValue)
        {
            throw new MilesOutOfRangeException(
                $"Offer {code} would earn {miles} miles, more than the {int.MaxValue} that can be issued; "
                    + $"check the order's amounts and {key}"
            );
        }

        if (miles.Sign > 0)
            earned.Add(new OfferMiles(code, offerId, description, (int)miles));
    }

    static Fraction Worth(IEnumerable<MeasuredLine> lines) => lines.Aggregate(Fraction.Zero, (sum, line) => sum + line.Amount);

    static BigInteger Steps(Fraction amount, decimal step) => amount.Sign <= 0 ? BigInteger.Zero : (amount / Fraction.Of(step)).Floor();
}

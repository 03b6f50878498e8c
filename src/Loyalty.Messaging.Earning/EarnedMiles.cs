using System.Numerics;

namespace Loyalty.Messaging.Earning;

/// <summary>What a basket earns.</summary>
public static class EarnedMiles
{
    /// <summary>The miles of <paramref name="basket"/>, one entry per offer; offers that earn nothing are left out.</summary>
    /// <exception cref="MilesOutOfRangeException">An offer would earn more than <see cref="int.MaxValue"/> miles.</exception>
    /// <exception cref="ArgumentException">The rules are not valid, see <see cref="EarnRules.Validate"/>.</exception>
    public static IReadOnlyList<OfferMiles> For(EarnRules rules, Basket basket)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(basket);
        if (rules.Validate().FirstOrDefault() is { } sentence)
            throw new ArgumentException(sentence, nameof(rules));

        var rule = rules.Base;
        var miles = OfBase(rule, basket.Lines.Select(line => (line, Fraction.Of(line.Amount))));
        if (miles > int.MaxValue)
        {
            throw new MilesOutOfRangeException(
                $"Offer {rule.IssuanceOfferCode} would earn {miles} miles, more than the {int.MaxValue} that can be issued; "
                + "check the order's amounts and Earning:Base");
        }

        return miles.IsZero
            ? []
            : [new OfferMiles(rule.IssuanceOfferCode, rule.OfferId, rule.OfferDescription, (int)miles)];
    }

    internal static BigInteger OfBase(BaseRule rule, IEnumerable<(BasketLine Line, Fraction Amount)> lines)
    {
        var eligible = Fraction.Zero;
        foreach (var (line, amount) in lines)
        {
            if (rule.Counts(line))
                eligible += amount;
        }

        return eligible.Sign <= 0 ? BigInteger.Zero : (eligible / Fraction.Of(rule.Step)).Floor() * rule.Miles;
    }
}

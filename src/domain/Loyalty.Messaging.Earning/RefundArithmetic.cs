using System.Numerics;

namespace Loyalty.Messaging.Earning;

/// <summary>How many miles a refund takes back.</summary>
/// <remarks>
/// Per offer: what was issued, minus what the rest of the basket would have earned under the frozen rules, minus what the refunds before it
/// have taken; never below zero and never more than is left.
/// </remarks>
public static class RefundArithmetic
{
    /// <summary>Answers <paramref name="refund"/>; the same arguments always give the same answer.</summary>
    /// <param name="issued">What was issued for the order.</param>
    /// <param name="standing">The grants of other refunds that were not given back. Their order does not matter.</param>
    /// <param name="refund">The refund to answer.</param>
    public static RefundAnswer Grant(IssuedMiles issued, IReadOnlyList<ReversalGrant> standing, RefundRequest refund)
    {
        ArgumentNullException.ThrowIfNull(issued);
        ArgumentNullException.ThrowIfNull(standing);
        ArgumentNullException.ThrowIfNull(refund);

        var kinds = (refund.Full ? 1 : 0) + (refund.Lines.Count > 0 ? 1 : 0) + (refund.Miles.Count > 0 ? 1 : 0);
        if (kinds != 1)
            return new RefundAnswer.Refused($"Refund {refund.RefundId} must have exactly one of \"full\": true, lines or issuances");
        return refund.Miles.Count > 0 ? OfMiles(issued, standing, refund) : OfGoods(issued, standing, refund);
    }

    static RefundAnswer OfGoods(IssuedMiles issued, IReadOnlyList<ReversalGrant> standing, RefundRequest refund)
    {
        var rest = new RemainingBasket(issued.Basket, standing.Select(grant => grant.Refund));
        if (refund.Full)
            rest.Close();
        foreach (var line in refund.Lines)
        {
            if (rest.Return(line) is { } objection)
                return new RefundAnswer.Refused(objection);
        }

        return Granted(
            issued,
            standing,
            entries => entries.Sum(entry => (BigInteger)entry.Miles) - Deserved(issued.Rules, rest, entries) - Taken(standing, entries.Key)
        );
    }

    static RefundAnswer OfMiles(IssuedMiles issued, IReadOnlyList<ReversalGrant> standing, RefundRequest refund)
    {
        var known = issued.Offers.Select(offer => offer.Offer).ToHashSet();
        foreach (var asked in refund.Miles)
        {
            var name = asked.OfferId is null ? asked.IssuanceOfferCode : $"{asked.IssuanceOfferCode}/{asked.OfferId}";
            if (!known.Contains(asked.Offer))
                return new RefundAnswer.Refused($"Offer {name} was not issued for the order; send an offer that was");
            if (asked.Miles < 0)
                return new RefundAnswer.Refused(
                    $"Offer {name}: {asked.Miles} miles are negative; send the miles to take back as a positive number"
                );
        }

        return Granted(issued, standing, entries => Sum(refund.Miles, entries.Key));
    }

    static RefundAnswer.Granted Granted(
        IssuedMiles issued,
        IReadOnlyList<ReversalGrant> standing,
        Func<IGrouping<(string Code, string? Id), OfferMiles>, BigInteger> owed
    )
    {
        var miles = new List<OfferMiles>();
        foreach (var entries in issued.Offers.GroupBy(offer => offer.Offer))
        {
            var left = BigInteger.Max(0, entries.Sum(entry => (BigInteger)entry.Miles) - Taken(standing, entries.Key));
            var taken = BigInteger.Min(BigInteger.Min(left, owed(entries)), int.MaxValue);
            if (taken.Sign > 0)
                miles.Add(new OfferMiles(entries.Key.Code, entries.Key.Id, entries.First().OfferDescription, (int)taken));
        }

        return new RefundAnswer.Granted(miles);
    }

    static BigInteger Deserved(EarnRules? rules, RemainingBasket rest, IGrouping<(string Code, string? Id), OfferMiles> entries)
    {
        if (rest.IsBack)
            return BigInteger.Zero;
        if (rules is null)
            return entries.Sum(rest.Earned);
        return EarnedMiles.Of(rules, entries.Key, rest.Measured);
    }

    static BigInteger Taken(IReadOnlyList<ReversalGrant> standing, (string Code, string? Id) offer) =>
        standing.Aggregate(BigInteger.Zero, (sum, grant) => sum + Sum(grant.Miles, offer));

    static BigInteger Sum(IReadOnlyList<OfferMiles> miles, (string Code, string? Id) offer) =>
        miles.Aggregate(BigInteger.Zero, (sum, entry) => entry.Offer == offer ? sum + entry.Miles : sum);

    static BigInteger Sum(this IEnumerable<OfferMiles> entries, Func<OfferMiles, BigInteger> miles) =>
        entries.Aggregate(BigInteger.Zero, (sum, entry) => sum + miles(entry));
}

using FsCheck;
using FsCheck.Fluent;
using Loyalty.Messaging.Earning;
using Xunit;

namespace Loyalty.Messaging.UnitTests.Earning;

/// <summary>What must hold whatever is bought, whatever the rules and however it comes back.</summary>
public sealed class RefundProperties
{
    static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(20261121, 80085102029);

    [Fact]
    public void When_everything_has_come_back_exactly_everything_has_been_taken() =>
        Holds(Journeys.OfGoods, journey => Assert.Equal(Totals(journey.Issued.Offers), Taken(Orders.Run(journey.Issued, journey.Refunds))));

    [Fact]
    public void Goods_miles_and_the_rest_at_the_end_take_exactly_everything() =>
        Holds(Journeys.Mixed, journey => Assert.Equal(Totals(journey.Issued.Offers), Taken(Orders.Run(journey.Issued, journey.Refunds))));

    [Fact]
    public void Never_less_than_nothing_and_never_more_than_issued()
    {
        Holds(Journeys.OfGoods, AtEveryPoint);
        Holds(Journeys.Mixed, AtEveryPoint);

        static void AtEveryPoint(Journey journey)
        {
            var issued = Totals(journey.Issued.Offers);
            var grants = Orders.Run(journey.Issued, journey.Refunds);
            Assert.All(grants.SelectMany(grant => grant.Miles), offer => Assert.True(offer.Miles > 0));
            for (var count = 1; count <= grants.Count; count++)
                Assert.All(Taken(grants.Take(count)), offer => Assert.True(offer.Value <= issued[offer.Key]));
        }
    }

    [Fact]
    public void The_order_of_the_refunds_does_not_matter() =>
        Holds(
            Journeys.OfGoods,
            journey =>
            {
                for (var count = 1; count <= journey.Refunds.Count; count++)
                {
                    var some = journey.Refunds.Take(count).ToHashSet();
                    Assert.Equal(
                        Taken(Orders.Run(journey.Issued, journey.Refunds.Where(some.Contains))),
                        Taken(Orders.Run(journey.Issued, journey.Shuffled.Where(some.Contains)))
                    );
                }
            }
        );

    [Fact]
    public void The_rest_of_a_basket_keeps_exactly_what_it_would_have_earned() =>
        Holds(
            Journeys.OfGoods,
            journey =>
            {
                if (journey.Issued.Rules is not { } rules)
                    return;
                var whole = journey.Issued.Basket.Lines[0]; // all lines but the first stay
                var taken = Taken(Orders.Run(journey.Issued, [Orders.Lines(new RefundedLine(whole.LineId, whole.Quantity, null))]));
                var kept = Totals(EarnedMiles.For(rules, Orders.Basket([.. journey.Issued.Basket.Lines.Skip(1)])));
                // Not of rivals under different offers: which of them was best has been decided with the order.
                foreach (
                    var (offer, issued) in Totals(journey.Issued.Offers)
                        .Where(offer => !offer.Key.StartsWith("rivals", StringComparison.Ordinal))
                )
                    Assert.Equal(issued, taken.GetValueOrDefault(offer) + kept.GetValueOrDefault(offer));
            }
        );

    [Fact]
    public void The_journeys_have_bonuses_in_them()
    {
        var offers = new HashSet<string>();
        Holds(
            Journeys.OfGoods,
            journey => offers.UnionWith(journey.Issued.Rules is null ? [] : journey.Issued.Offers.Select(offer => offer.IssuanceOfferCode))
        );
        Assert.Superset(new HashSet<string> { "STANDARD", "adds", "tiers", "rivals" }, offers);
    }

    static void Holds(Arbitrary<Journey> journeys, Action<Journey> property) => Check.One(Seeded, Prop.ForAll(journeys, property));

    static SortedDictionary<string, int> Taken(IEnumerable<ReversalGrant> grants) => Totals(grants.SelectMany(grant => grant.Miles));

    static SortedDictionary<string, int> Totals(IEnumerable<OfferMiles> offers) =>
        new(
            offers
                .Where(offer => offer.Miles > 0)
                .GroupBy(offer => $"{offer.IssuanceOfferCode}/{offer.OfferId}")
                .ToDictionary(group => group.Key, group => group.Sum(offer => offer.Miles))
        );
}

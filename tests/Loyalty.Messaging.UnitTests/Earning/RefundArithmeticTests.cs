using Loyalty.Messaging.Earning;
using Xunit;
using static Loyalty.Messaging.UnitTests.Earning.Orders;

namespace Loyalty.Messaging.UnitTests.Earning;

public sealed class RefundArithmeticTests
{
    static readonly EarnRules Rules = new();
    static readonly BonusRule FiftyForA = new()
    {
        Skus = ["A"],
        Miles = 50,
        IssuanceOfferCode = "ARTICLE",
    };

    [Fact]
    public void A_refund_takes_what_the_rest_of_the_basket_would_not_have_earned()
    {
        var issued = Earned(Rules, Line("1", 2, 163.98m), Line("2", 1, 19.99m)); // 9 miles

        Assert.Equal([4, 5], TakenBy(issued, Lines(new RefundedLine("1", 1, 81.99m)), Full()));
    }

    [Fact]
    public void A_refund_that_leaves_the_miles_deserved_takes_nothing()
    {
        var answer = RefundArithmetic.Grant(Earned(Rules, Line("1", 1, 39m)), [], Lines(new RefundedLine("1", null, 19m)));

        Assert.Empty(Assert.IsType<RefundAnswer.Granted>(answer).Miles);
    }

    [Fact]
    public void Thirds_are_not_rounded()
    {
        var issued = Earned(Rules, Line("1", 3, 20m), Line("2", 3, 20m), Line("3", 3, 20m)); // 60.00: 3 miles
        var third = new RefundedLine("1", 1, null);

        // Six thirds of 20.00 are exactly two steps; six times 6.66 or 6.666666 would be just one.
        Assert.Equal([1, 1], TakenBy(issued, Lines(third, third with { LineId = "2" }, third with { LineId = "3" }), Lines(third)));
    }

    [Fact]
    public void All_of_the_quantity_is_all_of_the_money()
    {
        var issued = Earned(Rules, Line("1", 2, 40m));

        Assert.Equal([1, 1], TakenBy(issued, Lines(new RefundedLine("1", 1, 19m)), Lines(new RefundedLine("1", 1, 19m))));
    }

    [Fact]
    public void Neither_quantity_nor_amount_is_the_rest_of_the_line()
    {
        var issued = Earned(Rules, Line("1", 4, 80m), Line("2", 1, 20m));

        Assert.Equal([1, 3], TakenBy(issued, Lines(new RefundedLine("1", 1, null)), Lines(new RefundedLine("1", null, null))));
    }

    [Fact]
    public void Money_beyond_the_rest_of_a_line_is_cut_off()
    {
        var issued = Earned(Rules, Line("1", 3, 20m), Line("2", 1, 40m)); // cents are rounded up by the shop: 3 x 6.67 = 20.01

        Assert.Equal([1], TakenBy(issued, Lines(new RefundedLine("1", null, 999m))));
    }

    [Fact]
    public void Calculated_miles_shrink_with_the_money_of_their_lines()
    {
        var issued = Calculated([Standard(10), new OfferMiles("BONUS", "7", "b", 5, ["2"])], Line("1", 1, 60m), Line("2", 1, 40m));

        var grants = Run(issued, [Lines(new RefundedLine("2", null, 10m)), Full()]);

        Assert.Equal([new OfferMiles("STANDARD", null, null, 1), new OfferMiles("BONUS", "7", "b", 2)], grants[0].Miles);
        Assert.Equal([9, 3], grants[1].Miles.Select(offer => offer.Miles));
    }

    [Fact]
    public void Calculated_miles_on_free_lines_stay_until_the_lines_are_back()
    {
        var issued = Calculated([Standard(10)], Line("1", 2, 0m));

        Assert.Equal([0, 10], TakenBy(issued, Lines(new RefundedLine("1", 1, null)), Lines(new RefundedLine("1", 1, null))));
    }

    [Fact]
    public void Two_issuances_of_one_offer_are_one_offer()
    {
        var issued = Calculated([Standard(3, "1"), Standard(4, "2")], Line("1", 1, 10m), Line("2", 1, 10m));

        Assert.Equal([3, 4], TakenBy(issued, Lines(new RefundedLine("1", 1, null)), Full()));
    }

    [Fact]
    public void Explicit_miles_are_taken_up_to_what_is_left()
    {
        var issued = Calculated([Standard(10)]);

        Assert.Equal([6, 4, 0], TakenBy(issued, Miles(Standard(6)), Miles(Standard(6)), Full()));
    }

    [Fact]
    public void A_grant_that_was_given_back_is_caught_up_by_the_next()
    {
        var issued = Earned(Rules, Line("1", 2, 80m));
        var first = Lines(new RefundedLine("1", 1, null));

        Assert.Equal([2], TakenBy(issued, first));
        Assert.Equal(
            4,
            Assert.IsType<RefundAnswer.Granted>(RefundArithmetic.Grant(issued, [Standing(first)], Full())).Miles.Sum(offer => offer.Miles)
        );
    }

    [Fact]
    public void A_discount_line_may_come_back_with_its_sign()
    {
        var issued = Earned(Rules, Line("1", 1, 100m), Line("2", 1, -20m)); // 4 miles

        Assert.Equal([4], TakenBy(issued, Lines(new RefundedLine("1", 1, 100m), new RefundedLine("2", 1, -20m))));
    }

    [Fact]
    public void A_discount_line_that_stays_goes_on_reducing_the_rest()
    {
        var issued = Earned(Rules, Line("1", 2, 100m), Line("2", 1, -20m)); // 80.00: 4 miles

        Assert.Equal([3], TakenBy(issued, Lines(new RefundedLine("1", 1, null)))); // 30.00 stays: 1 mile
    }

    [Fact]
    public void Calculated_miles_of_lines_that_the_order_does_not_have_stay_until_all_of_it_is_back()
    {
        var issued = Calculated([Standard(10, "gone")], Line("1", 2, 30m));

        Assert.Equal([0, 10], TakenBy(issued, Lines(new RefundedLine("1", 1, null)), Lines(new RefundedLine("1", 1, null))));
    }

    [Fact]
    public void Every_offer_is_taken_back_by_its_own_rule()
    {
        var rules = new EarnRules
        {
            Bonuses =
            [
                FiftyForA,
                new BonusRule
                {
                    Threshold = 100m,
                    Miles = 25,
                    IssuanceOfferCode = "LARGE",
                },
                new BonusRule
                {
                    Coupons = ["SAVE"],
                    Multiplier = 2m,
                    IssuanceOfferCode = "TWICE",
                },
            ],
        };
        var issued = Earned(rules, new BasketLine("1", "A", null, 2, 60m), new BasketLine("2", "B", null, 1, 40m)); // 5 + 50 + 25 + 5

        var grants = Run(issued, [Lines(new RefundedLine("1", 1, null)), Lines(new RefundedLine("1", 1, null)), Full()]);

        Assert.Equal(["STANDARD 2", "LARGE 25", "TWICE 2"], Taken(grants[0])); // 70.00 are left, one of A among them
        Assert.Equal(["STANDARD 1", "ARTICLE 50", "TWICE 1"], Taken(grants[1]));
        Assert.Equal(["STANDARD 2", "TWICE 2"], Taken(grants[2]));
    }

    [Fact]
    public void A_lower_tier_of_the_same_offer_is_kept()
    {
        var tier = new BonusRule
        {
            Group = "tiers",
            Threshold = 50m,
            Miles = 10,
            IssuanceOfferCode = "TIER",
        };
        var rules = new EarnRules { Bonuses = [tier, tier with { Threshold = 100m, Miles = 30 }] };

        Assert.Equal(
            ["STANDARD 3", "TIER 20"],
            Taken(Run(Earned(rules, Line("1", 2, 120m), Line("2", 1, 5m)), [Lines(new RefundedLine("1", null, 55m))])[0])
        );
    }

    [Fact]
    public void The_best_of_a_group_is_decided_with_the_order_and_not_again()
    {
        var first = new BonusRule
        {
            Group = "g",
            Skus = ["A"],
            Step = 10m,
            Miles = 5,
            IssuanceOfferCode = "FIRST",
        };
        var rules = new EarnRules
        {
            Base = new BaseRule { Miles = 0 },
            Bonuses = [first, first with { Skus = ["B"], Step = null, Miles = 40, IssuanceOfferCode = "SECOND" }],
        };
        // FIRST 50 beats SECOND 40.
        var issued = Earned(rules, new BasketLine("1", "A", null, 2, 100m), new BasketLine("2", "B", null, 1, 10m));
        var (a, b) = (
            Lines(new RefundedLine("1", 1, null)) with
            {
                RefundId = "RF-a",
            },
            Lines(new RefundedLine("2", 1, null)) with
            {
                RefundId = "RF-b",
            }
        );

        Assert.Equal(["FIRST 50"], issued.Offers.Select(offer => $"{offer.IssuanceOfferCode} {offer.Miles}"));
        Assert.Equal([25, 0], TakenBy(issued, a, b)); // the rest would now earn SECOND 40, which was never issued
        Assert.Equal([0, 25], TakenBy(issued, b, a));
    }

    [Fact]
    public void A_price_reduction_keeps_fixed_miles_and_lowers_what_is_measured()
    {
        var rules = new EarnRules
        {
            Bonuses =
            [
                FiftyForA,
                new BonusRule
                {
                    Skus = ["A"],
                    Step = 10m,
                    Miles = 1,
                    IssuanceOfferCode = "STEPS",
                },
            ],
        };
        var issued = Earned(rules, new BasketLine("1", "A", null, 1, 40m));

        Assert.Equal(["STANDARD 2", "STEPS 4"], Taken(Run(issued, [Lines(new RefundedLine("1", null, 40m))])[0]));
    }

    [Fact]
    public void Refusals_name_the_line_and_what_to_do()
    {
        var issued = Earned(Rules, Line("1", 2, 80m), Line("2", 1, 5m), Line("2", 1, 5m));

        Assert.Equal(
            "Line 9 is not a line of the order; send the lineId that the order was completed with",
            Refusal(issued, Lines(new RefundedLine("9", 1, null)))
        );
        Assert.StartsWith(
            "Line 1: quantity 3 is more than is left of the 2",
            Refusal(issued, Lines(new RefundedLine("1", 3, 1m))),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Line 1: quantity 1 is more",
            Refusal(issued, Lines(new RefundedLine("1", 1, 1m)), Standing(Full())),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Line 1: quantity 2 is more",
            Refusal(issued, Lines(new RefundedLine("1", 1, null), new RefundedLine("1", 2, null))),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Line 1: quantity -1 is negative",
            Refusal(issued, Lines(new RefundedLine("1", -1, null))),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Line 1: amount -1 has the wrong sign",
            Refusal(issued, Lines(new RefundedLine("1", 1, -1m))),
            StringComparison.Ordinal
        );
        Assert.StartsWith("Line 2 occurs 2 times", Refusal(issued, Lines(new RefundedLine("2", 1, null))), StringComparison.Ordinal);
        Assert.StartsWith(
            "Line 1: the order was sent without lines",
            Refusal(Calculated([Standard(3)]), Lines(new RefundedLine("1", 1, null))),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Offer BONUS/7 was not issued",
            Refusal(issued, Miles(new OfferMiles("BONUS", "7", null, 1))),
            StringComparison.Ordinal
        );
        Assert.StartsWith("Offer STANDARD: -1 miles", Refusal(issued, Miles(Standard(-1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refund_is_exactly_one_of_everything_lines_or_miles()
    {
        var issued = Earned(Rules, Line("1", 2, 80m));

        Assert.StartsWith("Refund RF-lines must have exactly one of", Refusal(issued, Lines()), StringComparison.Ordinal);
        Assert.StartsWith(
            "Refund RF-lines must have exactly one of",
            Refusal(issued, Lines(new RefundedLine("1", 1, 1m)) with { Full = true }),
            StringComparison.Ordinal
        );
    }

    static IEnumerable<string> Taken(ReversalGrant grant) => grant.Miles.Select(offer => $"{offer.IssuanceOfferCode} {offer.Miles}");
}

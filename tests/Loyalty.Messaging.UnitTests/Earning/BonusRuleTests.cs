using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Messaging.Earning;
using Xunit;
using static Loyalty.Messaging.UnitTests.Earning.Orders;

namespace Loyalty.Messaging.UnitTests.Earning;

public sealed class BonusRuleTests
{
    static readonly BonusRule Fixed = new()
    {
        Skus = ["SKU-1"],
        Miles = 50,
        IssuanceOfferCode = "BONUS",
        OfferId = "7",
        OfferDescription = "fifty",
    };

    [Fact]
    public void A_bonus_is_an_issuance_of_its_own_beside_the_base_rules() =>
        Assert.Equal(
            [new OfferMiles("STANDARD", null, null, 3), new OfferMiles("BONUS", "7", "fifty", 50)],
            EarnedMiles.For(With(Fixed), Basket(Article("1", "SKU-1", 40m), Article("2", "SKU-2", 20m)))
        );

    [Fact]
    public void Fixed_miles_are_earned_once_whatever_the_quantity() =>
        Assert.Equal(50, Bonus(Fixed, Article("1", "SKU-1", 0m) with { Quantity = 9 }, Article("2", "sku-1", 0m)));

    [Theory]
    [InlineData("SKU-2", "grocery", 0)]
    [InlineData("sku-1", "grocery", 50)]
    [InlineData("SKU-1", "toys", 0)]
    [InlineData("SKU-1", null, 0)]
    [InlineData(null, "GROCERY", 0)]
    public void A_line_matches_by_article_and_category_whatever_their_case(string? sku, string? category, int miles) =>
        Assert.Equal(miles, Bonus(Fixed with { Categories = ["Grocery", "dairy"] }, new BasketLine("1", sku, category, 1, 0m)));

    [Fact]
    public void Article_and_category_must_be_of_one_line() =>
        Assert.Equal(0, Bonus(Fixed with { Categories = ["toys"] }, Article("1", "SKU-1", 5m), Line("2", 1, 5m, "toys")));

    [Theory]
    [InlineData(0, "save10")]
    [InlineData(50, "other", "SAVE20")]
    public void One_of_its_coupons_must_be_on_the_order(int miles, params string[] coupons) =>
        Assert.Equal(
            miles,
            Bonus(Fixed with { Coupons = ["save20", "SAVE30"] }, Basket(Article("1", "SKU-1", 5m)) with { Coupons = coupons })
        );

    [Theory]
    [InlineData(EarnScope.MatchingLines, "60.00", 50)]
    [InlineData(EarnScope.MatchingLines, "59.99", 0)]
    [InlineData(EarnScope.Order, "10.00", 50)]
    [InlineData(EarnScope.Order, "9.99", 0)]
    public void A_threshold_is_reached_by_the_matching_lines_or_by_the_order(EarnScope scope, string amount, int miles) =>
        Assert.Equal(
            miles,
            Bonus(
                Fixed with
                {
                    Threshold = 60m,
                    ThresholdOf = scope,
                },
                Article("1", "SKU-1", decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)),
                Article("2", "SKU-2", 50m)
            )
        );

    [Theory]
    [InlineData(null, null, 50)]
    [InlineData("2026-11-21", "2026-11-21", 50)]
    [InlineData("2026-11-22", null, 0)]
    [InlineData(null, "2026-11-20", 0)]
    [InlineData("2026-11-21", null, 50)]
    [InlineData(null, "2026-11-21", 50)]
    public void A_window_holds_its_first_and_its_last_day(string? first, string? last, int miles) =>
        Assert.Equal(miles, Bonus(Fixed with { FirstDay = Date(first), LastDay = Date(last) }, Article("1", "SKU-1", 5m)));

    [Fact]
    public void A_window_does_not_apply_to_a_basket_whose_day_is_not_known()
    {
        var basket = Basket(Article("1", "SKU-1", 5m)) with { Day = null };

        Assert.Equal(0, Bonus(Fixed with { FirstDay = DateOnly.MinValue }, basket));
        Assert.Equal(50, Bonus(Fixed, basket));
    }

    [Fact]
    public void Miles_for_every_whole_step_of_the_matching_lines() =>
        Assert.Equal(
            15,
            Bonus(
                Fixed with
                {
                    Miles = 5,
                    Step = 10m,
                },
                Article("1", "SKU-1", 19.99m),
                Article("2", "SKU-1", 15m),
                Article("3", "SKU-2", 100m)
            )
        );

    [Theory]
    [InlineData("2", EarnScope.MatchingLines, 2)] // floor(59 / 20) = 2 base miles of the matching lines, and as many again
    [InlineData("2", EarnScope.Order, 4)] // floor(98 / 20) = 4 base miles of the order
    [InlineData("1.5", EarnScope.Order, 2)]
    [InlineData("1.2", EarnScope.Order, 0)]
    [InlineData("10", EarnScope.MatchingLines, 18)]
    public void A_multiplier_is_of_the_base_miles_there_are_without_it(string multiplier, EarnScope scope, int miles) =>
        Assert.Equal(
            miles,
            Bonus(
                Fixed with
                {
                    Miles = null,
                    Multiplier = decimal.Parse(multiplier, System.Globalization.CultureInfo.InvariantCulture),
                    MultiplierOf = scope,
                },
                Article("1", "SKU-1", 59m),
                Article("2", "SKU-2", 39m)
            )
        );

    [Fact]
    public void Excluded_categories_earn_no_bonus_either()
    {
        var rules = With(Fixed) with { Base = new BaseRule { ExcludedCategories = ["tobacco"] } };
        var line = new BasketLine("1", "SKU-1", "Tobacco", 1, 500m);

        Assert.Empty(EarnedMiles.For(rules, Basket(line)));
        Assert.Empty(
            EarnedMiles.For(
                With(Fixed with { Skus = [], Threshold = 500m, ThresholdOf = EarnScope.Order }) with
                {
                    Base = rules.Base,
                },
                Basket(line, Article("2", "SKU-2", 1m))
            )
        );
    }

    [Fact]
    public void Bonuses_add_up_but_of_a_group_the_best_alone_counts_and_of_equals_the_first()
    {
        var rules = With(
            Fixed with
            {
                OfferId = "1",
                Miles = 10,
                Group = "spring",
            },
            Fixed with
            {
                OfferId = "2",
                Miles = 30,
                Group = "Spring",
            },
            Fixed with
            {
                OfferId = "3",
                Miles = 30,
                Group = "spring",
            },
            Fixed with
            {
                OfferId = "4",
                Miles = 99,
                Group = "spring",
                Skus = ["SKU-9"],
            },
            Fixed with
            {
                OfferId = "5",
                Miles = 5,
                Group = "summer",
            },
            Fixed with
            {
                OfferId = "6",
                Miles = 1,
            },
            Fixed with
            {
                OfferId = "7",
                Miles = 2,
            }
        );

        Assert.Equal(["2", "5", "6", "7"], EarnedMiles.For(rules, Basket(Article("1", "SKU-1", 1m))).Select(offer => offer.OfferId));
    }

    [Fact]
    public void More_than_can_be_issued_says_where_to_look()
    {
        var basket = Basket(Article("1", "SKU-1", 20m));

        Assert.Contains(
            "Earning:Bonuses:1",
            Refused(Fixed, Fixed with { OfferId = "8", Miles = int.MaxValue, Step = 1m }),
            StringComparison.Ordinal
        );
        Assert.Contains("in all", Refused(Fixed with { Miles = int.MaxValue }), StringComparison.Ordinal);

        string Refused(params BonusRule[] bonuses) =>
            Assert.Throws<MilesOutOfRangeException>(() => EarnedMiles.For(With(bonuses), basket)).Message;
    }

    [Fact]
    public void Rules_without_bonuses_are_what_was_frozen_before_there_were_any()
    {
        var thawed = JsonSerializer.Deserialize<IssuedMiles>(
            """
            { "basket": { "lines": [{ "lineId": "1", "quantity": 2, "amount": 80.00 }], "coupons": [], "completedAt": "2026-01-02T03:04:05-05:00" },
              "rules": { "version": "1", "base": { "step": 20.00, "miles": 1, "excludedCategories": [], "issuanceOfferCode": "STANDARD" } },
              "offers": [{ "issuanceOfferCode": "STANDARD", "miles": 4 }] }
            """,
            JsonSerializerOptions.Web
        )!;

        Assert.Equal([2, 2], TakenBy(thawed, Lines(new RefundedLine("1", 1, null)), Full()));
    }

    [Fact]
    public void Rules_and_day_survive_being_frozen()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter() },
        };
        var rules = With(
            Fixed with
            {
                Categories = ["a"],
                Coupons = ["c"],
                Threshold = 1.5m,
                ThresholdOf = EarnScope.Order,
                FirstDay = Day,
                LastDay = Day,
                Step = 2m,
                Group = "g",
            },
            new BonusRule
            {
                Coupons = ["x"],
                Multiplier = 2.5m,
                MultiplierOf = EarnScope.Order,
                IssuanceOfferCode = "TIMES",
            }
        );
        var issued = new IssuedMiles
        {
            Basket = Basket(Article("1", "SKU-1", 5m)),
            Rules = rules,
            Offers = [],
        };

        var frozen = JsonSerializer.Serialize(issued, json);
        var thawed = JsonSerializer.Deserialize<IssuedMiles>(frozen, json)!;

        Assert.Equal(frozen, JsonSerializer.Serialize(thawed, json));
        Assert.Equal(Day, thawed.Basket.Day);
        Assert.Equal(
            (Day, 1.5m, EarnScope.Order, "g"),
            (
                thawed.Rules!.Bonuses[0].FirstDay,
                thawed.Rules.Bonuses[0].Threshold,
                thawed.Rules.Bonuses[0].ThresholdOf,
                thawed.Rules.Bonuses[0].Group
            )
        );
        Assert.Equal((2.5m, EarnScope.Order), (thawed.Rules.Bonuses[1].Multiplier, thawed.Rules.Bonuses[1].MultiplierOf));
    }

    /// <summary>Each mistake alone: one sentence, and it names the key.</summary>
    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_one_sentence_that_names_its_key(BonusRule bonus, string sentence)
    {
        var rules = With(Fixed, bonus) with { Base = new BaseRule { ExcludedCategories = ["Tobacco"] } };

        Assert.StartsWith($"Earning:Bonuses:1{sentence}", Assert.Single(rules.Validate()), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EarnedMiles.For(rules, Basket()));
    }

    public static TheoryData<BonusRule, string> Mistakes
    {
        get
        {
            var right = Fixed with { OfferId = "8" };
            return new TheoryData<BonusRule, string>
            {
                { right with { Miles = null }, " must have either Miles or Multiplier" },
                { right with { Multiplier = 2m }, " must have either Miles or Multiplier" },
                { right with { Miles = 0 }, ":Miles must be 1 or above" },
                { right with { Step = 0m }, ":Step must be above 0" },
                { right with { Step = 1m, Miles = null, Multiplier = 2m }, ":Step needs" },
                { right with { Miles = null, Multiplier = 1m }, ":Multiplier must be above 1" },
                { right with { Threshold = -1m }, ":Threshold must be above 0" },
                { right with { FirstDay = Day, LastDay = Day.AddDays(-1) }, ":LastDay must not be before" },
                { right with { ThresholdOf = (EarnScope)7 }, ":ThresholdOf must be" },
                { right with { MultiplierOf = (EarnScope)7 }, ":MultiplierOf must be" },
                { right with { Skus = [" "] }, ":Skus must not hold an empty entry" },
                { right with { Categories = [""] }, ":Categories must not hold an empty entry" },
                { right with { Coupons = [""] }, ":Coupons must not hold an empty entry" },
                { right with { Categories = ["TOBACCO"] }, ":Categories must not name TOBACCO" },
                { right with { Skus = [] }, " must have a condition" },
                { right with { Group = " " }, ":Group must not be blank" },
                { right with { IssuanceOfferCode = "" }, ":IssuanceOfferCode must not be empty" },
                { right with { OfferId = " " }, ":OfferId must not be blank" },
                { right with { OfferId = "7" }, ":IssuanceOfferCode and OfferId must not be those of Earning:Bonuses:0" },
                {
                    right with
                    {
                        OfferId = null,
                        IssuanceOfferCode = "STANDARD",
                    },
                    ":IssuanceOfferCode and OfferId must not be those of Earning:Base"
                },
            };
        }
    }

    [Fact]
    public void What_is_allowed_is_no_mistake()
    {
        Assert.Empty(With(Fixed with { Group = "g" }, Fixed with { Group = "G", Miles = 60 }).Validate()); // tiers under one offer
        Assert.Empty(
            new EarnRules
            {
                Base = new BaseRule { Miles = 0 },
                Bonuses = [Fixed with { IssuanceOfferCode = "STANDARD", OfferId = null }],
            }.Validate()
        );
        Assert.Equal(
            ["Earning:Bonuses:0:Multiplier multiplies base miles, but Earning:Base:Miles is 0"],
            new EarnRules
            {
                Base = new BaseRule { Miles = 0 },
                Bonuses = [Fixed with { Miles = null, Multiplier = 2m }],
            }.Validate()
        );
        Assert.Equal(["Earning:Bonuses must not hold an empty entry"], new EarnRules { Bonuses = [null!] }.Validate());
    }

    static EarnRules With(params BonusRule[] bonuses) => new() { Bonuses = bonuses };

    static BasketLine Article(string id, string sku, decimal amount) => new(id, sku, null, 1, amount);

    static DateOnly? Date(string? day) => day is null ? null : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    static int Bonus(BonusRule rule, params BasketLine[] lines) => Bonus(rule, Basket(lines));

    static int Bonus(BonusRule rule, Basket basket) =>
        EarnedMiles.For(With(rule), basket).Where(offer => offer.IssuanceOfferCode == rule.IssuanceOfferCode).Sum(offer => offer.Miles);
}

using System.Text.Json;
using Loyalty.Messaging.Earning;
using Microsoft.Extensions.Configuration;
using Xunit;
using static Loyalty.Messaging.UnitTests.Earning.Orders;

namespace Loyalty.Messaging.UnitTests.Earning;

public sealed class EarnedMilesTests
{
    static readonly EarnRules Rules = new();

    [Theory]
    [InlineData("19.99", 0)]
    [InlineData("20.00", 1)]
    [InlineData("163.98", 8)]
    [InlineData("179.99", 8)]
    public void MilesFor_rounds_down(string amount, int miles)
    {
        var earned = EarnedMiles.For(Rules, Basket(Line("1", 1, decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture))));

        Assert.Equal(miles, earned.Sum(offer => offer.Miles));
    }

    [Fact]
    public void MilesFor_rounds_once_per_order_not_per_line() =>
        Assert.Equal(1, Assert.Single(EarnedMiles.For(Rules, Basket(Line("1", 1, 10m), Line("2", 1, 10m)))).Miles);

    [Fact]
    public void MilesFor_leaves_offers_without_miles_out() => Assert.Empty(EarnedMiles.For(Rules, Basket(Line("1", 1, 5m))));

    [Fact]
    public void MilesFor_a_basket_worth_less_than_nothing_are_none() =>
        Assert.Empty(EarnedMiles.For(Rules, Basket(Line("1", 1, 5m), Line("2", 1, -50m))));

    [Fact]
    public void MilesFor_leaves_excluded_categories_out_whatever_their_case()
    {
        var rules = new EarnRules
        {
            Base = new BaseRule
            {
                Step = 10m,
                Miles = 3,
                ExcludedCategories = ["Gift-Cards"],
            },
        };

        var earned = EarnedMiles.For(rules, Basket(Line("1", 1, 20m, "grocery"), Line("2", 1, 500m, "GIFT-cards"), Line("3", 1, 5m)));

        Assert.Equal(6, Assert.Single(earned).Miles);
    }

    [Fact]
    public void MilesFor_carry_the_offer_of_their_rule()
    {
        var rules = new EarnRules
        {
            Base = new BaseRule
            {
                IssuanceOfferCode = "BASE",
                OfferId = "22",
                OfferDescription = "base miles",
            },
        };

        Assert.Equal(new OfferMiles("BASE", "22", "base miles", 2), Assert.Single(EarnedMiles.For(rules, Basket(Line("1", 1, 40m)))));
    }

    [Fact]
    public void MilesFor_beyond_what_can_be_issued_says_where_to_look()
    {
        var rules = new EarnRules { Base = new BaseRule { Step = 1m } };

        Assert.Equal(int.MaxValue, Assert.Single(EarnedMiles.For(rules, Basket(Line("1", 1, int.MaxValue)))).Miles);
        foreach (var amount in new[] { int.MaxValue + 1m, decimal.MaxValue })
        {
            var error = Assert.Throws<MilesOutOfRangeException>(() =>
                EarnedMiles.For(rules, Basket(Line("1", 1, amount), Line("2", 1, amount)))
            );
            Assert.Contains("Earning:Base", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_survive_being_frozen()
    {
        var rules = new EarnRules
        {
            Version = "2026-11",
            Base = new BaseRule
            {
                Step = 12.50m,
                Miles = 2,
                ExcludedCategories = ["tobacco"],
                IssuanceOfferCode = "X",
                OfferId = "7",
                OfferDescription = "d",
            },
        };

        var frozen = JsonSerializer.Serialize(rules);
        var thawed = JsonSerializer.Deserialize<EarnRules>(frozen)!;

        Assert.Equal(frozen, JsonSerializer.Serialize(thawed));
        Assert.Equal(12.50m, thawed.Base.Step);
        Assert.Equal(["tobacco"], thawed.Base.ExcludedCategories);
    }

    [Fact]
    public void Rules_are_read_from_the_configuration()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Earning:Version"] = "2",
                    ["Earning:Base:Step"] = "12.50",
                    ["Earning:Base:ExcludedCategories:0"] = "tobacco",
                }
            )
            .Build();

        var rules = configuration.GetSection("Earning").Get<EarnRules>()!;

        Assert.Equal("2", rules.Version);
        Assert.Equal(12.50m, rules.Base.Step);
        Assert.Equal(1, rules.Base.Miles);
        Assert.Equal(["tobacco"], rules.Base.ExcludedCategories);
    }

    [Fact]
    public void Rules_name_the_key_that_is_wrong()
    {
        var rules = new EarnRules
        {
            Version = " ",
            Base = new BaseRule
            {
                Step = 0,
                Miles = -1,
                IssuanceOfferCode = "",
                OfferId = " ",
                ExcludedCategories = [""],
            },
        };

        Assert.Equal(
            [
                "Earning:Version must not be empty",
                "Earning:Base:Step must be above 0",
                "Earning:Base:Miles must be 0 or above (0 switches the base rule off)",
                "Earning:Base:IssuanceOfferCode must not be empty",
                "Earning:Base:OfferId must not be blank; leave it out when the offer has none",
                "Earning:Base:ExcludedCategories must not hold an empty category",
            ],
            rules.Validate()
        );
        Assert.Empty(Rules.Validate());
        Assert.Throws<ArgumentException>(() => EarnedMiles.For(rules, Basket()));
    }
}

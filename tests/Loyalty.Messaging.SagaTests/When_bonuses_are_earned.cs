using System.Text;
using System.Text.Json;
using Loyalty.Messaging.Earning;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

public sealed class When_bonuses_are_earned
{
    static readonly BonusRule Bonus = new()
    {
        Threshold = 100m,
        LastDay = new DateOnly(2026, 11, 21),
        Miles = 50,
        IssuanceOfferCode = "BONUS",
        OfferId = "7",
        OfferDescription = "fifty",
    };

    [Fact]
    public async Task Each_is_an_issuance_of_its_own_and_comes_back_under_its_own_offer()
    {
        await using var scenario = await SagaScenario.StartAsync(
            SagaScenario.Terms with
            {
                Rules = new EarnRules { Version = "spring", Bonuses = [Bonus] },
            }
        );
        await scenario.PublishAsync(SagaScenario.Order("B-1"));
        var order = await scenario.OrderIsAsync("B-1", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("B-F", "B-1", 1)); // 81.99 stay: 4 base miles, below the threshold
        await scenario.RefundIsAsync("B-F", "Reversed");

        Assert.Equal((58, "spring"), (order.Miles, order.Order!.Issued.Rules!.Version));
        Assert.Equal(["STANDARD  8 ", "BONUS 7 50 fifty"], Issuances(scenario.Issuer.Calls[0].Call.Body));
        Assert.Equal(["STANDARD  4 ", "BONUS 7 50 fifty"], Issuances(scenario.Issuer.Calls[1].Call.Body));
    }

    [Theory]
    [InlineData("2026-11-22T04:59:59Z", "2026-11-21", 58)] // 23:59:59 in Toronto
    [InlineData("2026-11-22T05:00:00Z", "2026-11-22", 8)]
    [InlineData("2026-11-22T10:00:00+14:00", "2026-11-21", 58)] // written down on the other side of the world
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01", 58)]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31", 8)]
    public async Task Their_window_is_measured_in_days_of_the_transaction_day_zone(string completedAt, string day, int miles)
    {
        await using var scenario = await SagaScenario.StartAsync(SagaScenario.Terms with { Rules = new EarnRules { Bonuses = [Bonus] } });
        await scenario.PublishAsync(
            SagaScenario.Order("B-2") with
            {
                CompletedAt = DateTimeOffset.Parse(completedAt, System.Globalization.CultureInfo.InvariantCulture),
            }
        );
        var order = await scenario.OrderIsAsync("B-2", "Issued");

        Assert.Equal((miles, day), (order.Miles, order.Order!.Issued.Basket.Day?.ToString("O")));
    }

    static IEnumerable<string> Issuances(ReadOnlyMemory<byte> body) =>
        JsonDocument
            .Parse(Encoding.UTF8.GetString(body.Span))
            .RootElement.GetProperty("issuances")
            .EnumerateArray()
            .Select(offer =>
                $"{Text(offer, "issuanceOfferCode")} {Text(offer, "offerId")} {Text(offer, "milesAmount")} "
                + $"{Text(offer, "offerDescription")}"
            );

    static string Text(JsonElement offer, string field) => offer.TryGetProperty(field, out var value) ? value.ToString() : "";
}

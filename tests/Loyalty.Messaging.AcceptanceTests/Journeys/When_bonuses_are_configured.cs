using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

public sealed class When_bonuses_are_configured
{
    [Fact]
    public async Task Each_offer_is_issued_and_taken_back_under_the_rules_of_its_order_whatever_is_configured_later()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["Earning__Version"] = "november";
        Bonus(system, 0, ("Categories__0", "GROCERY"), ("Threshold", "100.00"), ("Miles", "25"), ("OfferId", "22"));
        Bonus(system, 1, ("Coupons__0", "save10"), ("Multiplier", "2"), ("MultiplierOf", "Order"), ("OfferId", "23"));
        Bonus(system, 2, ("FirstDay", "2026-11-21"), ("LastDay", "2026-11-21"), ("Miles", "5"), ("OfferId", "24"));
        Bonus(system, 3, ("Skus__0", "SKU-1"), ("Step", "50"), ("Miles", "2"), ("OfferId", "25"), ("Group", "best"));
        Bonus(system, 4, ("Coupons__0", "SAVE10"), ("Miles", "3"), ("OfferId", "26"), ("Group", "best"));
        var worker = await system.StartWorkerAsync();
        await system.Commerce.CompleteAsync(Commerce.Order("BO-1", "80085102028"));
        var nextDay = Commerce.Order("BO-2", "84095202006");
        nextDay["completedAt"] = "2026-11-22T05:00:00Z";
        await system.Commerce.CompleteAsync(nextDay);
        await system.OrderIsAsync("BO-1", "Issued");
        await system.OrderIsAsync("BO-2", "Issued");
        Assert.Equal("STANDARD 8, BONUS/22 25, BONUS/23 8, BONUS/24 5, BONUS/25 6", await OffersAsync(system, "I-BO-1"));
        Assert.Equal("STANDARD 8, BONUS/22 25, BONUS/23 8, BONUS/25 6", await OffersAsync(system, "I-BO-2"));
        Assert.Equal(
            "november",
            await system.Database.ScalarAsync<string>(
                "SELECT frozen_order->'issued'->'rules'->>'version' FROM issuance WHERE order_id = 'BO-1'"
            )
        );
        Assert.Equal(
            ["2026-11-21", "2026-11-22"],
            await system.Database.ColumnAsync("SELECT frozen_order->'issued'->'basket'->>'day' FROM issuance ORDER BY order_id")
        );

        await worker.StopAsync();
        system.Settings.Clear();
        await system.StartWorkerAsync();
        await system.Commerce.RefundAsync(Commerce.Refund("BF-1", "BO-1"));
        await system.RefundIsAsync("BF-1", "Reversed");
        await system.Commerce.RefundAsync(Commerce.FullRefund("BF-2", "BO-1"));
        await system.RefundIsAsync("BF-2", "Reversed");

        // 81.99 stay: below the threshold, 4 base miles and as many again, one whole step of 50.00.
        Assert.Equal("STANDARD 4, BONUS/22 25, BONUS/23 4, BONUS/25 4", await OffersAsync(system, "R-BF-1"));
        Assert.Equal("STANDARD 4, BONUS/23 4, BONUS/24 5, BONUS/25 2", await OffersAsync(system, "R-BF-2"));
        await Agreement.HoldsAsync(system);
    }

    static void Bonus(LoyaltySystem system, int index, params (string Key, string Value)[] settings)
    {
        system.Settings[$"Earning__Bonuses__{index}__IssuanceOfferCode"] = "BONUS";
        foreach (var (key, value) in settings)
            system.Settings[$"Earning__Bonuses__{index}__{key}"] = value;
    }

    static async Task<string> OffersAsync(LoyaltySystem system, string clientTransactionId) =>
        Assert.Single(await system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == clientTransactionId).Offers;
}

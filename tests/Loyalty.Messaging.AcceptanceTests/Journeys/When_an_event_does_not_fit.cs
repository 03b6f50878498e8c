using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>Events that keep to the contract but not to our terms, or not to the order they are about.</summary>
[Collection(nameof(SharedSystem))]
public sealed class When_an_event_does_not_fit(SharedSystem shared)
{
    readonly LoyaltySystem _system = shared.System;

    [Fact]
    public async Task Amounts_in_another_currency_earn_nothing_by_our_rules_but_commerce_may_calculate_them()
    {
        var order = With(Commerce.Order("NF-1", "80083000010"), "currency", "USD");
        await _system.Commerce.CompleteAsync(order);
        await _system.OrderIsAsync("NF-1", "Rejected");
        Assert.Equal("currency USD: the earn rules are written for CAD; send the miles as issuances", await ReasonAsync("NF-1"));
        await _system.Commerce.CompleteAsync(
            With(With(order, "orderId", "NF-1b"), "issuances", new[] { new { issuanceOfferCode = "STANDARD", milesAmount = 7 } })
        );
        await _system.OrderIsAsync("NF-1b", "Issued");
        Assert.Empty(await _system.Issuer.AttemptsAsync("I-NF-1"));
        await HeardAsync("loyalty.miles-issuance-rejected", "NF-1\"");
    }

    [Fact]
    public async Task Every_sponsor_that_is_configured_is_served_under_its_own_code_and_no_other()
    {
        await _system.Commerce.CompleteAsync(With(Commerce.Order("NF-2", "80083000020"), "sponsorCode", "LOY1"));
        await _system.Commerce.CompleteAsync(With(Commerce.Order("NF-2b", "80083000021"), "sponsorCode", "NOPE"));
        var unnamed = Commerce.Order("NF-2c", "80083000022");
        unnamed.Remove("sponsorCode");
        await _system.Commerce.CompleteAsync(unnamed);
        await _system.OrderIsAsync("NF-2", "Issued");
        await _system.OrderIsAsync("NF-2b", "Rejected");
        await _system.OrderIsAsync("NF-2c", "Issued");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("NFR-2", "NF-2"));
        await _system.RefundIsAsync("NFR-2", "Reversed");

        Assert.Equal(
            [("I-NF-2", "LOY1"), ("I-NF-2c", "KENY"), ("R-NFR-2", "LOY1")],
            (await _system.Issuer.LedgerAsync())
                .Where(effect => effect.ClientTransactionId is "I-NF-2" or "I-NF-2b" or "I-NF-2c" or "R-NFR-2")
                .Select(effect => (effect.ClientTransactionId, effect.SponsorCode))
                .Order()
        );
        Assert.Contains("sponsorCode NOPE is not among AirMiles__SponsorCode", await ReasonAsync("NF-2b"), StringComparison.Ordinal);
        Assert.Equal("LOY1", (await HeardAsync("loyalty.miles-reversed", "NFR-2\"")).Json.GetProperty("sponsorCode").GetString());
    }

    [Fact]
    public async Task The_same_order_in_another_spelling_is_ignored_and_no_conflict()
    {
        await _system.Commerce.PublishAsync(
            "commerce.order-completed",
            """
            { "orderId": "NF-8", "collectorNumber": "80083000080", "completedAt": "2026-11-21T15:04:05-05:00", "locationCode": "0037", "coupons": ["A", "B"],
              "lines": [ { "lineId": "1", "quantity": 2, "amount": 163.98 }, { "lineId": "2", "quantity": 1, "amount": 20 } ] }
            """
        );
        await _system.OrderIsAsync("NF-8", "Issued");
        await _system.Commerce.PublishAsync(
            "commerce.order-completed",
            """
            { "lines": [ { "lineId": "2", "amount": 2e1, "quantity": 1.0, "sku": null }, { "lineId": "1", "quantity": 2.00, "amount": 163.980 } ], "coupons": ["B", "A"], "context": {},
              "orderId": "NF-8", "collectorNumber": "80083000080", "completedAt": "2026-11-21T20:04:05.000Z", "locationCode": "0037", "issuances": [] }
            """
        );
        await Eventually.SeeAsync(
            () => _system.Database.ColumnAsync("SELECT 'x' FROM journal WHERE order_id = 'NF-8' AND journal::text LIKE '%uplicate%'"),
            rows => rows.Count == 1,
            "the repetition in the journal"
        );
        Assert.Single(await _system.Issuer.AttemptsAsync("I-NF-8"));
        Assert.DoesNotContain(_system.DeadLetters.All, letter => letter.Text.Contains("NF-8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_refund_with_other_content_is_never_applied()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("NF-3", "80083000030"));
        await _system.Commerce.RefundAsync(Commerce.Refund("NFR-3", "NF-3"));
        await _system.RefundIsAsync("NFR-3", "Reversed");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("NFR-3", "NF-3"));
        var letter = await Eventually.SeeAsync(
            () =>
                Task.FromResult(_system.DeadLetters.All.FirstOrDefault(letter => letter.Text.Contains("NFR-3", StringComparison.Ordinal))),
            letter => letter is not null,
            "the conflict in the dead letters"
        );
        Assert.Equal("conflict", letter!.Headers["loyalty-kind"]);
        Assert.Contains("refundId NFR-3", letter.Headers["loyalty-reason"], StringComparison.Ordinal);
        Assert.Equal([4], await TakenAsync("NF-3"));
    }

    [Fact]
    public async Task Miles_that_commerce_calculated_come_back_offer_by_offer()
    {
        var order = With(
            Commerce.Order("NF-4", "80083000040"),
            "issuances",
            new object[]
            {
                new { issuanceOfferCode = "STANDARD", milesAmount = 10 },
                new
                {
                    issuanceOfferCode = "BONUS",
                    offerId = 7,
                    milesAmount = 50,
                },
            }
        );
        await _system.Commerce.CompleteAsync(order);
        await _system.Commerce.RefundAsync(Taking("NFR-4a", "NF-4", miles: 20, offerId: 7));
        await _system.RefundIsAsync("NFR-4a", "Reversed");
        await _system.Commerce.RefundAsync(Taking("NFR-4b", "NF-4", miles: 999, offerId: 7));
        await _system.RefundIsAsync("NFR-4b", "Reversed");
        await _system.Commerce.RefundAsync(Taking("NFR-4c", "NF-4", miles: 1, offerId: 8));
        await _system.RefundIsAsync("NFR-4c", "Rejected");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("NFR-4d", "NF-4"));
        await _system.RefundIsAsync("NFR-4d", "Reversed");

        Assert.Equal([20, 30, 10], await TakenAsync("NF-4"));
        Assert.Contains(
            "Offer BONUS/8 was not issued",
            await _system.Database.ScalarAsync<string>("SELECT reason FROM reversal WHERE refund_id = 'NFR-4c'"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_has_come_back_cannot_come_back_again()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("NF-5", "80083000050"));
        await _system.Commerce.RefundAsync(Commerce.Refund("NFR-5a", "NF-5", 3));
        await _system.RefundIsAsync("NFR-5a", "Rejected");
        await _system.Commerce.RefundAsync(Commerce.Refund("NFR-5b", "NF-5", 2));
        await _system.RefundIsAsync("NFR-5b", "Reversed");
        await _system.Commerce.RefundAsync(Commerce.Refund("NFR-5c", "NF-5", 1));
        await _system.RefundIsAsync("NFR-5c", "Rejected");
        // The rest of the line, which is nothing.
        await _system.Commerce.RefundAsync(With(Commerce.Refund("NFR-5d", "NF-5"), "lines", new[] { new { lineId = "1" } }));
        await _system.RefundIsAsync("NFR-5d", "NotRequired");

        Assert.Equal([8], await TakenAsync("NF-5"));
        Assert.All(
            await _system.Database.ColumnAsync("SELECT reason FROM reversal WHERE refund_id IN ('NFR-5a', 'NFR-5c')"),
            reason => Assert.Contains("is more than is left of the 2 that were bought", reason, StringComparison.Ordinal)
        );
        await HeardAsync("loyalty.miles-reversal-rejected", "NFR-5c");
    }

    [Fact]
    public async Task A_collector_number_with_a_wrong_check_digit_is_noted_and_tried()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("NF-6", "84095202007"));
        await _system.Commerce.CompleteAsync(Commerce.Order("NF-6b", "84095202006"));
        await _system.OrderIsAsync("NF-6", "Issued");
        await _system.OrderIsAsync("NF-6b", "Issued");
        Assert.Equal(
            "NF-6",
            Assert.Single(
                await _system.Database.ColumnAsync(
                    "SELECT order_id FROM journal WHERE order_id IN ('NF-6', 'NF-6b') AND notes @> '[{\"kind\": \"check-digit\"}]'"
                )
            )
        );
    }

    [Fact]
    public async Task Or_it_is_refused_without_a_call_where_that_is_configured()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__CollectorCheckDigit"] = "refuse";
        await system.StartWorkerAsync();
        await system.Commerce.CompleteAsync(Commerce.Order("NF-7", "84095202007"));
        await system.Commerce.CompleteAsync(Commerce.Order("NF-7b", "84095202006"));
        await system.OrderIsAsync("NF-7", "Rejected");
        await system.OrderIsAsync("NF-7b", "Issued");
        Assert.Empty(await system.Issuer.AttemptsAsync("I-NF-7"));
        await Agreement.HoldsAsync(system);
        Assert.Contains(
            "collectorNumber has a wrong check digit",
            system.Events.From("loyalty.miles-issuance-rejected").Single().Json.GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
    }

    static Dictionary<string, object> With(Dictionary<string, object> content, string field, object value) =>
        new(content) { [field] = value };

    static Dictionary<string, object> Taking(string refundId, string orderId, int miles, int offerId)
    {
        var bonus = new
        {
            issuanceOfferCode = "BONUS",
            offerId,
            milesAmount = miles,
        };
        var refund = With(Commerce.Refund(refundId, orderId), "issuances", new[] { bonus });
        refund.Remove("lines");
        return refund;
    }

    Task<string?> ReasonAsync(string orderId) =>
        _system.Database.ScalarAsync<string>($"SELECT reason FROM issuance WHERE order_id = '{orderId}'");

    async Task<IEnumerable<int>> TakenAsync(string orderId) =>
        (await _system.Issuer.LedgerAsync())
            .Where(effect => effect.OriginalClientTransactionId == $"I-{orderId}")
            .Select(effect => effect.Miles);

    async Task<Heard> HeardAsync(string exchange, string text) =>
        (
            await Eventually.SeeAsync(
                () =>
                    Task.FromResult(
                        _system.Events.From(exchange).FirstOrDefault(heard => heard.Text.Contains(text, StringComparison.Ordinal))
                    ),
                heard => heard is not null,
                $"{exchange} about {text}"
            )
        )!;
}

using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

[Collection(nameof(SharedSystem))]
public sealed class When_an_order_is_refunded(SharedSystem shared)
{
    readonly LoyaltySystem _system = shared.System;

    [Fact]
    public async Task Half_of_it_takes_back_what_the_rest_no_longer_earns()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-1", "80061965433"));
        await _system.OrderIsAsync("OR-1", "Issued");
        await _system.Commerce.RefundAsync(Commerce.Refund("RF-1", "OR-1"));
        await _system.RefundIsAsync("RF-1", "Reversed");

        var effect = Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "R-RF-1");
        Assert.Equal((4, "I-OR-1"), (effect.Miles, effect.OriginalClientTransactionId));
        var told = (
            await Eventually.SeeAsync(
                () =>
                    Task.FromResult(
                        _system
                            .Events.From("loyalty.miles-reversed")
                            .FirstOrDefault(heard => heard.Text.Contains("RF-1\"", StringComparison.Ordinal))
                    ),
                heard => heard is not null,
                "the event"
            )
        )!.Json;
        Assert.Equal("I-OR-1", told.GetProperty("originalClientTransactionId").GetString());
        Assert.Equal(4, told.GetProperty("miles").GetInt32());
    }

    [Fact]
    public async Task Before_its_order_has_come_it_waits_and_then_takes_back()
    {
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-2", "OR-2"));
        await _system.OrderIsAsync("OR-2", "AwaitingOrder");
        await _system.RefundIsAsync("RF-2", "AwaitingIssuance");
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-2", "80061966168"));
        await _system.RefundIsAsync("RF-2", "Reversed");
        Assert.Equal(8, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "R-RF-2").Miles);
    }

    [Fact]
    public async Task Ten_refunds_at_once_take_back_exactly_what_was_issued()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-3", "80061967892", amount: 333.33m, quantity: 10));
        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(number => _system.Commerce.RefundAsync(Commerce.Refund($"RF-3-{number}", "OR-3")))
        );
        await Eventually.SeeAsync(
            () =>
                _system.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM reversal WHERE order_id = 'OR-3' AND current_state IN ('Reversed', 'NotRequired')"
                ),
            settled => settled == 10,
            "ten settled refunds"
        );
        var taken = (await _system.Issuer.LedgerAsync())
            .Where(effect => effect.OriginalClientTransactionId == "I-OR-3")
            .Sum(effect => effect.Miles);
        Assert.Equal(16, taken);
    }

    [Fact]
    public async Task A_full_refund_after_a_partial_one_takes_the_rest_and_a_further_one_nothing()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-4", "80061968617"));
        await _system.Commerce.RefundAsync(Commerce.Refund("RF-4a", "OR-4"));
        await _system.RefundIsAsync("RF-4a", "Reversed");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-4b", "OR-4"));
        await _system.RefundIsAsync("RF-4b", "Reversed");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-4c", "OR-4"));
        await _system.RefundIsAsync("RF-4c", "NotRequired");
        Assert.Equal(
            [4, 4],
            (await _system.Issuer.LedgerAsync())
                .Where(effect => effect.OriginalClientTransactionId == "I-OR-4")
                .Select(effect => effect.Miles)
        );
    }

    [Fact]
    public async Task Of_an_order_that_was_rejected_there_is_nothing_to_take_back()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-5", "80000000001"));
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-5", "OR-5"));
        await _system.RefundIsAsync("RF-5", "NotRequired");
        await Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    _system
                        .Events.From("loyalty.miles-reversal-not-required")
                        .Any(heard => heard.Text.Contains("RF-5", StringComparison.Ordinal))
                ),
            "the event"
        );
    }

    [Fact]
    public async Task A_line_that_was_not_bought_is_refused_with_its_name()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-6", "80061969342"));
        var refund = Commerce.Refund("RF-6", "OR-6");
        refund["lines"] = new[] { new { lineId = "no-such-line", quantity = 1 } };
        await _system.Commerce.RefundAsync(refund);
        await _system.RefundIsAsync("RF-6", "Rejected");
        Assert.Contains(
            "no-such-line",
            await _system.Database.ScalarAsync<string>("SELECT reason FROM reversal WHERE refund_id = 'RF-6'"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rejected_by_the_issuer_it_gives_its_miles_back_to_the_order()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-7", "80061970075"));
        await _system.OrderIsAsync("OR-7", "Issued");
        await _system.Issuer.ScriptAsync(new { match = new { clientTransactionId = "R-RF-7a" }, answer = new { status = 400 } });
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-7a", "OR-7"));
        await _system.RefundIsAsync("RF-7a", "Rejected");
        await Eventually.SeeAsync(
            () => _system.Database.ScalarAsync<int>("SELECT reversed_miles FROM issuance WHERE order_id = 'OR-7'"),
            miles => miles == 0,
            "the miles to be given back"
        );
        await _system.Commerce.RefundAsync(Commerce.FullRefund("RF-7b", "OR-7"));
        await _system.RefundIsAsync("RF-7b", "Reversed");
    }

    [Fact]
    public async Task Pending_and_suspended_reversals_keep_their_miles()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-8", "80061971800"));
        await _system.OrderIsAsync("OR-8", "Issued");
        await _system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "R-RF-8a" }, answer = new { status = 202 } },
            new
            {
                match = new { clientTransactionId = "R-RF-8b" },
                times = (int?)null,
                answer = new { status = 500 },
            }
        );
        await _system.Commerce.RefundAsync(Commerce.Refund("RF-8a", "OR-8"));
        await _system.RefundIsAsync("RF-8a", "Pending");
        await _system.Commerce.RefundAsync(Commerce.Refund("RF-8b", "OR-8"));
        await _system.RefundIsAsync("RF-8b", "Suspended");
        Assert.Equal(8, await _system.Database.ScalarAsync<int>("SELECT reversed_miles FROM issuance WHERE order_id = 'OR-8'"));
        await Eventually.TrueAsync(() => Task.FromResult(_system.Events.From("loyalty.miles-reversal-suspended").Any()), "the event");
    }

    [Theory]
    [InlineData("cloudevents")]
    [InlineData("envelope")]
    public async Task Every_accepted_form_of_the_event_is_the_same_refund(string form)
    {
        await _system.Commerce.CompleteAsync(Commerce.Order($"OR-10-{form}", form == "envelope" ? "80061973260" : "80061973261"));
        var refund = Commerce.Refund($"RF-10-{form}", $"OR-10-{form}");
        object body =
            form == "envelope"
                ? new
                {
                    messageId = Guid.NewGuid(),
                    messageType = new[] { "urn:message:Loyalty.Messaging.Contracts:OrderRefunded" },
                    message = refund,
                }
                : new
                {
                    specversion = "1.0",
                    id = "ce-1",
                    source = "/shop",
                    type = "order-refunded",
                    data = refund,
                };
        await _system.Commerce.PublishAsync(
            "commerce.order-refunded",
            System.Text.Json.JsonSerializer.Serialize(body),
            contentType: form == "envelope" ? "application/vnd.masstransit+json" : "application/cloudevents+json"
        );
        await _system.RefundIsAsync($"RF-10-{form}", "Reversed");
    }

    [Fact]
    public async Task Delivered_again_and_again_it_takes_back_once()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OR-9", "80061972535"));
        foreach (var copy in Enumerable.Range(0, 5))
            await _system.Commerce.RefundAsync(
                new Dictionary<string, object>(Commerce.Refund("RF-9", "OR-9")) { ["eventId"] = $"copy-{copy % 2}" }
            );
        await _system.RefundIsAsync("RF-9", "Reversed");
        await _system.QuietAsync();
        Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "R-RF-9");
    }
}

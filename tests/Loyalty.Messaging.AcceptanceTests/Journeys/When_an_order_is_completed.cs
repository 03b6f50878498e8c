using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

[Collection(nameof(SharedSystem))]
public sealed class When_an_order_is_completed(SharedSystem shared)
{
    readonly LoyaltySystem _system = shared.System;

    [Fact]
    public async Task Its_miles_are_on_the_ledger_in_the_saga_and_in_an_event()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-1", "80085102028"));
        await _system.OrderIsAsync("OC-1", "Issued");

        var effect = Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-OC-1");
        Assert.Equal(8, effect.Miles);
        var told = await ToldAsync("loyalty.miles-issued", "OC-1");
        Assert.Equal(8, told.GetProperty("miles").GetInt32());
        Assert.Equal("I-OC-1", told.GetProperty("clientTransactionId").GetString());
        Assert.Equal("2028", told.GetProperty("collectorLast4").GetString());
        Assert.False(told.GetProperty("pending").GetBoolean());
        Assert.NotNull(told.GetProperty("transactionId").GetString());
    }

    [Fact]
    public async Task Delivered_twice_under_one_id_and_once_more_under_another_it_counts_once()
    {
        var order = Commerce.Order("OC-2", "80061948870");
        await Task.WhenAll(
            _system.Commerce.CompleteAsync(order),
            _system.Commerce.CompleteAsync(order),
            _system.Commerce.CompleteAsync(new Dictionary<string, object>(order) { ["eventId"] = "another-publication" })
        );
        await _system.OrderIsAsync("OC-2", "Issued");
        await _system.QuietAsync();
        await _system.Commerce.CompleteAsync(new Dictionary<string, object>(order) { ["eventId"] = "a-late-publication" });
        await Eventually.SeeAsync(
            () =>
                _system.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM journal WHERE order_id = 'OC-2' AND notes @> '[{\"kind\": \"duplicate\"}]'"
                ),
            count => count == 2,
            "both repetitions in the journal"
        );

        Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-OC-2");
        Assert.Single(_system.Events.From("loyalty.miles-issued"), heard => heard.Text.Contains("OC-2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("same-id")]
    [InlineData("other-id")]
    public async Task The_same_order_with_other_content_is_never_applied(string id)
    {
        var orderId = $"OC-3-{id}";
        var order = Commerce.Order(orderId, id == "same-id" ? "80061951456" : "80061955007");
        await _system.Commerce.CompleteAsync(order);
        await _system.OrderIsAsync(orderId, "Issued");
        var changed = new Dictionary<string, object>(order) { ["locationCode"] = "0099" };
        if (id == "other-id")
            changed["eventId"] = "other";
        await _system.Commerce.CompleteAsync(changed);

        var letter = await Eventually.SeeAsync(
            () =>
                Task.FromResult(_system.DeadLetters.All.FirstOrDefault(letter => letter.Text.Contains(orderId, StringComparison.Ordinal))),
            letter => letter is not null,
            "the conflict in the dead letters"
        );
        Assert.Equal("conflict", letter!.Headers["loyalty-kind"]);
        Assert.Contains(orderId, letter.Headers["loyalty-reason"], StringComparison.Ordinal);
        Assert.Equal(JsonSerializer.Serialize(changed), letter.Text);
        Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == $"I-{orderId}");
    }

    [Fact]
    public async Task The_issuers_first_word_may_be_pending()
    {
        await _system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-OC-4a" }, answer = new { status = 202 } },
            new { match = new { clientTransactionId = "I-OC-4b" }, answer = new { status = 200, pendingStatus = true } }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-4a", "80061956443"));
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-4b", "80061957878"));
        await _system.OrderIsAsync("OC-4a", "Pending");
        await _system.OrderIsAsync("OC-4b", "Pending");
        Assert.True((await ToldAsync("loyalty.miles-issued", "OC-4a")).GetProperty("pending").GetBoolean());
        Assert.True((await ToldAsync("loyalty.miles-issued", "OC-4b")).GetProperty("pending").GetBoolean());
        Assert.Single(await _system.Issuer.AttemptsAsync("I-OC-4a"));
    }

    [Fact]
    public async Task A_rejection_is_final_and_says_why()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-5", "80000000001"));
        await _system.OrderIsAsync("OC-5", "Rejected");
        var told = await ToldAsync("loyalty.miles-issuance-rejected", "OC-5");
        Assert.False(string.IsNullOrEmpty(told.GetProperty("reason").GetString()));
        Assert.Single(await _system.Issuer.AttemptsAsync("I-OC-5"));
    }

    [Fact]
    public async Task Three_tries_carry_the_same_key_and_the_same_bytes_and_then_it_is_suspended()
    {
        await _system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-OC-6" },
                times = (int?)null,
                answer = new { status = 500 },
            }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-6", "80061958603"));
        await _system.OrderIsAsync("OC-6", "Suspended");
        var attempts = await _system.Issuer.AttemptsAsync("I-OC-6");
        Assert.Equal(3, attempts.Count);
        Assert.Single(attempts.Select(attempt => attempt.IdempotencyKey).Distinct());
        Assert.Single(attempts.Select(attempt => attempt.BodySha256).Distinct());
        await ToldAsync("loyalty.miles-issuance-suspended", "OC-6");
    }

    [Fact]
    public async Task A_500_after_the_effect_is_found_out_by_the_same_key()
    {
        await _system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-OC-7" }, answer = new { status = 500, effect = "before" } }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-7", "80061959333"));
        await _system.OrderIsAsync("OC-7", "Issued");
        Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-OC-7");
    }

    [Fact]
    public async Task What_earns_nothing_is_not_sent_to_the_issuer()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("OC-8", "80061960069", amount: 19.99m));
        await _system.OrderIsAsync("OC-8", "NotEarned");
        await ToldAsync("loyalty.miles-not-earned", "OC-8");
        Assert.Empty(await _system.Issuer.AttemptsAsync("I-OC-8"));
    }

    [Fact]
    public async Task Commerce_may_have_calculated_the_miles_itself()
    {
        var order = Commerce.Order("OC-9", "80061961803");
        order.Remove("lines");
        order["issuances"] = new object[]
        {
            new
            {
                issuanceOfferCode = "STANDARD",
                milesAmount = 5,
                offerId = 22,
                offerDescription = "base",
            },
            new
            {
                issuanceOfferCode = "BONUS",
                milesAmount = 50,
                offerId = "B-7",
            },
        };
        await _system.Commerce.CompleteAsync(order);
        await _system.OrderIsAsync("OC-9", "Issued");
        Assert.Equal(55, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-OC-9").Miles);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("cloudevents")]
    [InlineData("envelope")]
    public async Task Every_accepted_form_of_the_event_is_the_same_order(string form)
    {
        var orderId = $"OC-10-{form}";
        var order = Commerce.Order(
            orderId,
            form switch
            {
                "none" => "80061962538",
                "cloudevents" => "80061963263",
                _ => "80061964698",
            }
        );
        var (body, contentType) = form switch
        {
            "cloudevents" => (
                JsonSerializer.Serialize(
                    new
                    {
                        specversion = "1.0",
                        id = "ce-1",
                        source = "/shop",
                        type = "order-completed",
                        data = order,
                    }
                ),
                "application/cloudevents+json"
            ),
            "envelope" => (
                JsonSerializer.Serialize(
                    new
                    {
                        messageId = Guid.NewGuid(),
                        messageType = new[] { "urn:message:Loyalty.Messaging.Contracts:OrderCompleted" },
                        message = order,
                    }
                ),
                "application/vnd.masstransit+json"
            ),
            _ => (JsonSerializer.Serialize(order), null),
        };
        await _system.Commerce.PublishAsync("commerce.order-completed", Encoding.UTF8.GetBytes(body), contentType: contentType);
        await _system.OrderIsAsync(orderId, "Issued");
    }

    async Task<JsonElement> ToldAsync(string exchange, string orderId) =>
        (
            await Eventually.SeeAsync(
                () =>
                    Task.FromResult(
                        _system.Events.From(exchange).FirstOrDefault(heard => heard.Json.GetProperty("orderId").GetString() == orderId)
                    ),
                heard => heard is not null,
                $"{exchange} for {orderId}"
            )
        )!.Json;
}

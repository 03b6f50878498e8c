using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>
/// CloudEvents over AMQP: in binary mode the attributes are headers and the body is the event alone, in structured mode the event is in the
/// body.
/// </summary>
[Collection(nameof(SharedSystem))]
public sealed class When_commerce_speaks_cloudevents(SharedSystem shared)
{
    readonly LoyaltySystem _system = shared.System;

    [Theory]
    [InlineData("cloudEvents:")]
    [InlineData("cloudEvents_")]
    public async Task Its_attributes_are_headers_and_its_body_is_the_event(string prefix)
    {
        var (orderId, refundId) = ($"CE-1{prefix[^1]}", $"CF-1{prefix[^1]}");
        var collector = prefix[^1] == ':' ? "80074000010" : "80074000011";
        await PublishAsync(
            "commerce.order-completed",
            Without(Commerce.Order(orderId, collector), "eventId"),
            Attributes(prefix, "ce-1", "order-completed")
        );
        await _system.OrderIsAsync(orderId, "Issued");
        await PublishAsync(
            "commerce.order-refunded",
            Without(Commerce.Refund(refundId, orderId), "eventId"),
            Attributes(prefix, "ce-2", "order-refunded")
        );
        await _system.RefundIsAsync(refundId, "Reversed");
        Assert.Equal(
            [8, 4],
            (await _system.Issuer.LedgerAsync())
                .Where(effect => effect.ClientTransactionId == $"I-{orderId}" || effect.ClientTransactionId == $"R-{refundId}")
                .Select(effect => effect.Miles)
        );
    }

    /// <summary>Structured mode, by publishers and bridges that do not say so.</summary>
    [Theory]
    [InlineData("CE-4", "text/plain", "data")]
    [InlineData("CE-5", "application/json", "data")]
    [InlineData("CE-6", "application/cloudevents+json; charset=utf-8", "data_base64")]
    [InlineData("CE-7", "application/octet-stream", "data_base64")]
    public async Task It_is_recognised_under_any_content_type(string orderId, string contentType, string field)
    {
        var order = JsonSerializer.SerializeToUtf8Bytes(Without(Commerce.Order(orderId, $"8007400004{orderId[^1]}"), "eventId"));
        var data = field == "data" ? Encoding.UTF8.GetString(order) : $"\"{Convert.ToBase64String(order)}\"";
        await _system.Commerce.PublishAsync(
            "commerce.order-completed",
            $$"""{"specversion":"1.0","id":"{{orderId}}","source":"/shop","type":"ca.shop.order-completed.v1","{{field}}":{{data}}}""",
            contentType: contentType
        );
        await _system.OrderIsAsync(orderId, "Issued");
    }

    /// <summary>With one id a repetition is not even looked at again; under another it is the same order once more.</summary>
    [Theory]
    [InlineData("cloudEvents:", "ce-1", 0)]
    [InlineData("cloudEvents:", "ce-2", 1)]
    [InlineData("cloudEvents_", "ce-1", 0)]
    public async Task Its_id_tells_a_delivery_that_comes_again_from_a_new_publication(string prefix, string secondId, int told)
    {
        var orderId = $"CE-2-{prefix[^1]}{secondId}";
        var order = Without(Commerce.Order(orderId, $"8007400002{secondId[^1]}"), "eventId");
        await PublishAsync("commerce.order-completed", order, Attributes(prefix, "ce-1", "order-completed"));
        await _system.OrderIsAsync(orderId, "Issued");
        await PublishAsync("commerce.order-completed", order, Attributes(prefix, secondId, "order-completed"));
        // A third publication comes after the second in the same queue: when it is told, the second has been dealt with.
        await PublishAsync("commerce.order-completed", order, Attributes(prefix, "ce-3", "order-completed"));
        await Eventually.SeeAsync(() => DuplicatesAsync(orderId), count => count > told, "the last repetition in the journal");
        await _system.QuietAsync();
        Assert.Equal(told + 1, await DuplicatesAsync(orderId));
        Assert.Single(await _system.Issuer.AttemptsAsync($"I-{orderId}"));
    }

    [Fact]
    public async Task Its_headers_stay_with_a_dead_letter()
    {
        await PublishAsync(
            "commerce.order-completed",
            Without(Commerce.Order("CE-3", "80074000030"), "locationCode"),
            Attributes("cloudEvents:", "ce-3", "order-completed")
        );
        var letter = await Eventually.SeeAsync(
            () => Task.FromResult(_system.DeadLetters.All.FirstOrDefault(letter => letter.Text.Contains("CE-3", StringComparison.Ordinal))),
            letter => letter is not null,
            "the event in the dead letters"
        );
        Assert.Contains("locationCode", letter!.Headers["loyalty-reason"], StringComparison.Ordinal);
        Assert.Equal(("ce-3", "order-completed"), (letter.Headers["cloudEvents:id"], letter.Headers["cloudEvents:type"]));
    }

    Task PublishAsync(string exchange, Dictionary<string, object> content, Dictionary<string, object?> attributes) =>
        _system.Commerce.PublishAsync(exchange, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content)), headers: attributes);

    Task<long> DuplicatesAsync(string orderId) =>
        _system.Database.ScalarAsync<long>(
            $$"""SELECT count(*) FROM journal WHERE order_id = '{{orderId}}' AND notes @> '[{"kind": "duplicate"}]'"""
        );

    static Dictionary<string, object?> Attributes(string prefix, string id, string type) =>
        new()
        {
            [$"{prefix}specversion"] = "1.0",
            [$"{prefix}id"] = id,
            [$"{prefix}source"] = "/shop",
            [$"{prefix}type"] = type,
        };

    static Dictionary<string, object> Without(Dictionary<string, object> content, string field)
    {
        content.Remove(field);
        return content;
    }
}

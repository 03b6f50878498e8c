using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>The exchange and the content decide; what an event says of itself beside them may only agree.</summary>
[Collection(nameof(SharedSystem))]
public sealed class When_commerce_says_which_version(SharedSystem shared)
{
    const string Json = "application/json",
        CloudEvents = "application/cloudevents+json",
        Envelope = "application/vnd.masstransit+json";
    readonly LoyaltySystem _system = shared.System;

    /// <summary>What version 1 may look like, at the same time.</summary>
    [Theory]
    [InlineData("1", Json, null)]
    [InlineData("2", "application/json; charset=utf-8; version=1.4", null)]
    [InlineData("3", "Application/JSON", null)]
    [InlineData(
        "4",
        CloudEvents,
        """{"specversion":"1.0","id":"v","source":"/shop","type":"ca.shop.order-completed.v1","dataschema":"urn:loyalty:events:order-completed:v1","data":$}"""
    )]
    [InlineData("5", "application/cloudevents+json; charset=utf-8", """{"type":"ca.shop.checkout","data":$}""")]
    [InlineData("6", Envelope, """{"messageType":["urn:message:Shop:OrderCompleted","urn:message:Shop:Event"],"message":$}""")]
    [InlineData("7", "text/plain", null)]
    public async Task Older_and_newer_publishers_are_served_side_by_side(string number, string contentType, string? wrapper)
    {
        var order = Commerce.Order($"V-{number}", $"8008200000{number}");
        if (number is not "1")
            (order["schemaVersion"], order["tier"]) = ("1.4", new { name = "gold" });
        await PublishAsync(order, contentType, wrapper);
        await _system.OrderIsAsync($"V-{number}", "Issued");
    }

    [Theory]
    [InlineData("1", "application/json; version=2", null, "The content type says version 2")]
    [InlineData("2", CloudEvents, """{"type":"order-completed.v2","data":$}""", "type says version 2")]
    [InlineData(
        "3",
        CloudEvents,
        """{"type":"order-refunded","data":$}""",
        "type names order-refunded, but the event was published to commerce.order-completed"
    )]
    [InlineData("4", CloudEvents, """{"dataschema":"urn:loyalty:events:order-completed:v2","data":$}""", "dataschema says version 2")]
    [InlineData("5", CloudEvents, """{"datacontenttype":"application/json; version=2","data":$}""", "datacontenttype says version 2")]
    [InlineData("6", Envelope, """{"messageType":["urn:message:Shop:OrderRefunded"],"message":$}""", "messageType names order-refunded")]
    [InlineData("7", "application/cloudevents-batch+json", """[{"type":"order-completed","data":$}]""", "The body must be a JSON object")]
    [InlineData("8", CloudEvents, """{"type":"\ud800","data":$}""", "half a surrogate pair")]
    [InlineData("9", "cloudEvents:type=order-refunded", null, "cloudEvents:type names order-refunded")]
    [InlineData("10", "cloudEvents_type=ca.shop.order-completed.v2", null, "cloudEvents:type says version 2")]
    [InlineData("11", "cloudEvents:dataschema=urn:loyalty:events:order-completed:v3", null, "cloudEvents:dataschema says version 3")]
    public async Task What_is_another_event_or_another_version_is_refused_and_says_so(
        string number,
        string contentType,
        string? wrapper,
        string reason
    )
    {
        var headers =
            contentType.Split('=') is [var name, var value] && name.StartsWith("cloud", StringComparison.Ordinal)
                ? new Dictionary<string, object?> { [name] = value }
                : null;
        await PublishAsync(Commerce.Order($"VX-{number}", "80082000010"), headers is null ? contentType : Json, wrapper, headers);

        var letter = await Eventually.SeeAsync(
            () =>
                Task.FromResult(
                    _system.DeadLetters.All.FirstOrDefault(letter => letter.Text.Contains($"\"VX-{number}\"", StringComparison.Ordinal))
                ),
            letter => letter is not null,
            "the event in the dead letters"
        );
        Assert.Equal("invalid", letter!.Headers["loyalty-kind"]);
        Assert.Contains(reason, letter.Headers["loyalty-reason"], StringComparison.Ordinal);
        Assert.Null(await _system.OrderStateAsync($"VX-{number}"));
    }

    [Fact]
    public async Task A_repetition_by_a_newer_publisher_is_still_a_repetition()
    {
        var order = Commerce.Order("V-20", "80082000020");
        await _system.Commerce.CompleteAsync(order);
        await _system.OrderIsAsync("V-20", "Issued");
        await _system.Commerce.CompleteAsync(
            new Dictionary<string, object>(order) { ["eventId"] = "from-the-newer-one", ["schemaVersion"] = "1.4" }
        );
        await Eventually.SeeAsync(
            () =>
                _system.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM journal WHERE order_id = 'V-20' AND notes @> '[{\"kind\": \"duplicate\"}]'"
                ),
            count => count == 1,
            "the repetition in the journal"
        );
        Assert.DoesNotContain(_system.DeadLetters.All, letter => letter.Text.Contains("V-20", StringComparison.Ordinal));
    }

    Task PublishAsync(Dictionary<string, object> order, string contentType, string? wrapper, Dictionary<string, object?>? headers = null)
    {
        var body = JsonSerializer.Serialize(order);
        return _system.Commerce.PublishAsync(
            "commerce.order-completed",
            Encoding.UTF8.GetBytes(wrapper?.Replace("$", body, StringComparison.Ordinal) ?? body),
            contentType: contentType,
            headers: headers
        );
    }
}

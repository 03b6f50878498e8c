using System.Text;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Read;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>
/// Of an order that was completed: what a publisher may say of it beside its content, and what means that it is something else.
/// </summary>
public sealed class When_an_event_says_what_it_is
{
    [Theory]
    [InlineData("order-completed")]
    [InlineData("OrderCompleted")]
    [InlineData("ca.shop.order.completed.v1")]
    [InlineData("ca.shop.v2.order-completed")]
    [InlineData("shop/orders/order_completed:V1.7")]
    [InlineData("ca.shop.checkout-done.v9")] // the publisher's own name and the publisher's own version
    [InlineData("")]
    [InlineData("order-refunded", "order-completed")] // an envelope names everything that a message is
    public void A_type_may_be_its_own_or_nobodys(params string[] types) => Assert.Null(Objection(said => said.Types("type", types)));

    [Theory]
    [InlineData("type names order-refunded", "order-refunded")]
    [InlineData("type names order-refunded", "urn:message:Loyalty.Messaging.Contracts:OrderRefunded")]
    [InlineData("type names order-refunded", "ca.shop.order.refunded.v1")]
    [InlineData("type says version 2, but only version 1 is known here", "ca.shop.order-completed.v2")]
    [InlineData("type says version 10", "OrderCompleted/v10.1")]
    [InlineData("type says version 0", "order-completed.v0")]
    public void A_type_of_another_event_or_version_is_refused(string reason, params string[] types) =>
        Assert.StartsWith($"order-completed: {reason}", Objection(said => said.Types("type", types)), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null)]
    [InlineData("urn:loyalty:events:order-completed:v1", null)]
    [InlineData("https://shop.example/schemas/v3/order.json", null)]
    [InlineData("https://shop.example/v3/events/order-completed/v1/schema.json", null)]
    [InlineData("urn:loyalty:events:order-completed:v2", "dataschema says version 2")]
    [InlineData("https://shop.example/events/order-completed/v2/schema.json", "dataschema says version 2")]
    [InlineData("urn:loyalty:events:order-refunded:v1", "dataschema names order-refunded")]
    public void A_schema_is_read_when_it_is_ours(string? schema, string? reason) =>
        Refused(reason, Objection(said => said.Schema("dataschema", schema)));

    [Theory]
    [InlineData(null, null)]
    [InlineData("application/json", null)]
    [InlineData("application/json; charset=utf-8", null)]
    [InlineData("application/json;version=1", null)]
    [InlineData("application/json; Version=\"1.4\"; charset=utf-8", null)]
    [InlineData("application/json; version=v1", null)]
    [InlineData("application/json; version=2", "content-type says version 2")]
    [InlineData("application/json; charset=utf-8; version=\"2.0\"", "content-type says version 2")]
    [InlineData("application/json; version=next", "content-type has a version that is not a number")]
    public void A_content_type_may_carry_a_version(string? contentType, string? reason) =>
        Refused(reason, Objection(said => said.Parameter("content-type", contentType)));

    [Fact]
    public void Fields_that_are_not_known_here_are_ignored_wherever_they_stand()
    {
        var order = JsonNode.Parse(Approved.Read("contracts/events/order-completed/v1/example.json"))!;
        var known = CommerceEvents.ReadOrderCompleted(Encoding.UTF8.GetBytes(order.ToJsonString()));
        order["schemaVersion"] = "1.9";
        order["loyaltyTier"] = new JsonObject { ["name"] = "gold" };
        order["lines"]![0]!["taxes"] = new JsonArray(1, 2);

        Assert.Equivalent(known, CommerceEvents.ReadOrderCompleted(Encoding.UTF8.GetBytes(order.ToJsonString())), strict: true);
    }

    static string? Objection(Action<EventDeclaration> says)
    {
        var said = new EventDeclaration(CommerceEventKind.OrderCompleted);
        says(said);
        return Record.Exception(said.Agreed)?.Message;
    }

    static void Refused(string? reason, string? objection)
    {
        if (reason is null)
            Assert.Null(objection);
        else
            Assert.StartsWith($"order-completed: {reason}", objection, StringComparison.Ordinal);
    }
}

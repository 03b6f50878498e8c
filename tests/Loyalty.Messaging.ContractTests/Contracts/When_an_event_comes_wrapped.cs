using System.Text;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Commerce;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>What a publisher puts around an event. $ stands for the order, % for the order in Base64.</summary>
public sealed class When_an_event_comes_wrapped
{
    const string Plain = "application/json";
    const string CloudEvents = "application/cloudevents+json";
    const string Envelope = "application/vnd.masstransit+json";

    static readonly string Order = Approved.Read("contracts/examples/order-completed.json");

    [Theory]
    [InlineData(CloudEvents, """{"specversion":"1.0","id":"1","data":$}""")]
    [InlineData(CloudEvents, """{"specversion":"1.0","id":"1","data_base64":"%"}""")]
    [InlineData(CloudEvents, """{"specversion":"1.0","id":"1","data":null,"data_base64":"%"}""")]
    [InlineData(CloudEvents, """{"data":$}""")]
    [InlineData(Plain, """{"specversion":"1.0","id":"1","type":"ca.shop.order-completed.v1","data":$}""")]
    [InlineData(Plain, """{"specversion":"1.0","id":"1","data_base64":"%"}""")]
    [InlineData("text/plain", """{"specversion":"1.0","id":"1","data":$}""")]
    [InlineData(null, """{"specversion":"1.0","id":"1","data":$}""")]
    [InlineData(Envelope, """{"messageId":"1","message":$}""")]
    public void It_is_taken_out(string? contentType, string body)
    {
        foreach (var mark in (string[])["", "\uFEFF"])
        {
            var read = CommerceEventCheck.Read(WireNames.OrderCompleted, contentType, null, Encoding.UTF8.GetBytes(mark + With(body)));
            Assert.Empty(read.Violations);
            Assert.Equal("W-1001", Assert.IsType<OrderCompleted>(read.Message).OrderId);
        }
    }

    [Theory]
    [InlineData(Plain, """{"specversion":"1.0","id":"1"}""", "data is required: it holds the event")]
    [InlineData(
        Plain,
        """{"specversion":"1.0","id":"1","type":"order-refunded","data":$}""",
        "type names order-refunded, but the event was published to commerce.order-completed; publish it to commerce.order-refunded"
    )]
    [InlineData(Plain, """{"specversion":"1.0","data":{"orderId":"a b"}}""", "orderId may hold only letters, digits and . _ : / -")]
    [InlineData(CloudEvents, """{"specversion":"1.0","data":"text"}""", "data must be a JSON object: it holds the event")]
    [InlineData(
        CloudEvents,
        """{"specversion":"1.0","data":$,"data_base64":"%"}""",
        "data_base64 must not come together with data: either holds the event"
    )]
    [InlineData(CloudEvents, """{"specversion":"1.0","data_base64":"%%%!"}""", "data_base64 must be the event in Base64")]
    [InlineData(CloudEvents, """{"specversion":"1.0","data_base64":{}}""", "data_base64 must be the event in Base64")]
    [InlineData(CloudEvents, """{"specversion":"1.0","data_base64":"bm8="}""", "The body is not valid JSON (line 1, byte 2)")]
    [InlineData(CloudEvents, """{"specversion":"1.0","id":"1","id":"2","data":$}""", "id is named more than once in its object")]
    [InlineData(
        CloudEvents,
        """{"specversion":"1.0","data":{"orderId":"A","orderId":"B"}}""",
        "data.orderId is named more than once in its object"
    )]
    [InlineData(CloudEvents, """{"specversion":"1.0","data":$""", "data is not valid JSON")]
    [InlineData(CloudEvents, """[{"specversion":"1.0","data":$}]""", "data is required: it holds the event")]
    [InlineData(Envelope, """{"messageId":"1","message":[]}""", "message must be a JSON object: it holds the event")]
    [InlineData(Envelope, """{"messageId":"1"}""", "message is required: it holds the event")]
    public void Or_it_is_said_why_not(string contentType, string body, string reason) =>
        Assert.StartsWith(
            reason,
            CommerceEventCheck.Ask(WireNames.OrderCompleted, contentType, Encoding.UTF8.GetBytes(With(body)))[0].ToString(),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(CloudEvents, """{"specversion":"1.0","data":$}""")]
    [InlineData(Envelope, """{"message":$}""")]
    [InlineData(Plain, """{"specversion":"1.0","data":$}""")]
    public void What_is_no_UTF_8_is_called_so(string contentType, string body)
    {
        var wide = CommerceEventCheck.Ask(WireNames.OrderCompleted, contentType, Encoding.Unicode.GetBytes(With(body)));
        Assert.Equal("The body is UTF-16 or UTF-32; it must be sent as UTF-8", Assert.Single(wide).ToString());
        var latin = CommerceEventCheck.Ask(
            WireNames.OrderCompleted,
            contentType,
            Encoding.Latin1.GetBytes(With(body).Replace("grocery", "épicerie", StringComparison.Ordinal))
        );
        Assert.Contains("lines[0].category is not UTF-8 (line ", Assert.Single(latin).ToString(), StringComparison.Ordinal);
    }

    /// <summary>An order may carry a field of that name without being anything else than an order.</summary>
    [Fact]
    public void An_order_with_a_specversion_is_an_order() =>
        Assert.Empty(
            CommerceEventCheck.Ask(
                WireNames.OrderCompleted,
                Plain,
                Encoding.UTF8.GetBytes(
                    Order.Insert(Order.IndexOf('{', StringComparison.Ordinal) + 1, "\"specversion\":\"1.0\",\"data\":{},")
                )
            )
        );

    static string With(string body) =>
        body.Replace("$", Order, StringComparison.Ordinal)
            .Replace("\"%\"", $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Order))}\"", StringComparison.Ordinal);
}

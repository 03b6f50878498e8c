using System.Text;
using System.Text.Json.Nodes;
using Loyalty.Messaging.DeadLetters.Collecting;
using Xunit;

namespace Loyalty.Messaging.UnitTests.DeadLetters;

public sealed class When_a_body_is_shown
{
    const int Most = 64 * 1024;

    [Fact]
    public void Json_is_indented_and_collector_numbers_are_masked_wherever_they_stand()
    {
        var shown = Of(
            """{"orderId":"W-1","collectorNumber":"80085102028","note":"of 80085102028!","\u0038\u0030085102028":1,"lines":[{"escaped":"\u0038\u0030085102028"}]}"""
        );
        Assert.Contains("\n  \"orderId\": \"W-1\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"collectorNumber\": \"*******2028\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("80085102028", shown, StringComparison.Ordinal);
        Assert.Equal(4, shown.Split("*******2028").Length - 1);
    }

    [Fact]
    public void The_frozen_call_of_a_command_is_opened_and_masked()
    {
        var call = Convert.ToBase64String("""{"collectorNumber":"80085102028","miles":8}"""u8);
        var shown = Of($$$"""{"messageType":["urn:message:IssueMiles"],"message":{"orderId":"W-1","body":"{{{call}}}"}}""");
        Assert.DoesNotContain(call, shown, StringComparison.Ordinal);
        Assert.Equal("*******2028", JsonNode.Parse(shown)!["message"]!["body"]!["collectorNumber"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("no JSON, of 80085102028")]
    [InlineData("{\"a\":1,\"a\":\"80085102028\"}")]
    [InlineData("{\"body\":\"not base64!\",\"of\":\"80085102028\"}")]
    [InlineData("{\"body\":7,\"of\":80085102028}")]
    [InlineData("<script>alert(80085102028)</script>")]
    [InlineData("{\"of\":\"\\ud800 80085102028\"}")]
    [InlineData("no JSON, of \u066380085102028\u0663")]
    public void Whatever_it_is_it_is_shown_and_masked(string body)
    {
        var shown = Of(body);
        Assert.Contains("*******2028", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("80085102028", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_an_end_and_says_how_long_it_is()
    {
        var shown = ShownBody.Of(Encoding.UTF8.GetBytes(new string('z', 300 * 1024)), Most);
        Assert.Equal($"{new string('z', Most)}\n… (307200 bytes in all)", shown);
        Assert.EndsWith("bytes in all)", Of($$"""{"a":"{{new string('z', 100_000)}}"}"""), StringComparison.Ordinal);
        Assert.Equal("", Of(""));
        Assert.NotEmpty(ShownBody.Of([0xFF, 0x00, 0xFE], Most));
        Assert.NotEmpty(Of(string.Concat(Enumerable.Repeat("[", 5000))));
    }

    static string Of(string body) => ShownBody.Of(Encoding.UTF8.GetBytes(body), Most);
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_a_request_breaks_the_contract : SimulatorTest
{
    [Theory]
    [InlineData("clientTransactionId", "\"\"")]
    [InlineData("clientTransactionId", "17")]
    [InlineData("collectorNumber", "80085102028")]
    [InlineData("collectorNumber", "\"70085102028\"")]
    [InlineData("collectorNumber", "\"8008510202\"")]
    [InlineData("collectorNumber", "\"80085102028\\n\"")]
    [InlineData("context", "\"note\"")]
    [InlineData("context", "{\"key\":1}")]
    [InlineData("context", "null")]
    [InlineData("coupon", "[1]")]
    [InlineData("coupon", "[null]")]
    [InlineData("coupon", "null")]
    [InlineData("deviceId", "null")]
    [InlineData("deviceId", "7")]
    [InlineData("issuances", "[]")]
    [InlineData("issuances", "{}")]
    [InlineData("sponsorCode", "\"OTHR\"")]
    [InlineData("transactionDateTime", "\"2021-11-09T21:04:45Z\"")]
    [InlineData("transactionDateTime", "\"2021-11-09T21:04:45.9300000Z\"")]
    [InlineData("transactionDateTime", "\"2021-11-09T16:04:45.930-05:00\"")]
    [InlineData("transactionDateTime", "\"2021-02-30T21:04:45.930Z\"")]
    [InlineData("originalClientTransactionId", "\"T-0\"")]
    [InlineData("orderId", "\"W-1\"")]
    public async Task A_bad_value_is_refused_by_the_name_of_its_field(string field, string value)
    {
        var body = Requests.Issuance("T-1");
        body[field] = JsonNode.Parse(value);

        using var answer = await Simulator.SendAsync(RunningSimulator.PostPath, body.ToJsonString(), RunningSimulator.NewKey());

        await RefusedAsync(answer, field);
    }

    [Theory]
    [InlineData("issuanceOfferCode", "null")]
    [InlineData("locationCode", "37")]
    [InlineData("milesAmount", "0")]
    [InlineData("milesAmount", "-1")]
    [InlineData("milesAmount", "8.0")]
    [InlineData("milesAmount", "\"8\"")]
    [InlineData("offerDescription", "null")]
    [InlineData("offerId", "2.5")]
    [InlineData("offerId", "null")]
    [InlineData("lineId", "\"1\"")]
    public async Task A_bad_value_inside_an_issuance_is_refused_by_the_name_of_its_field(string field, string value)
    {
        var body = Requests.Issuance("T-1");
        body["issuances"]![0]![field] = JsonNode.Parse(value);

        using var answer = await Simulator.PostAsync(body);

        await RefusedAsync(answer, $"issuances[0].{field}");
    }

    [Theory]
    [InlineData("clientTransactionId")]
    [InlineData("collectorNumber")]
    [InlineData("issuances")]
    [InlineData("sponsorCode")]
    [InlineData("transactionDateTime")]
    [InlineData("originalClientTransactionId")]
    public async Task A_missing_field_is_refused_by_its_name(string field)
    {
        var body = Requests.Reversal("T-1", "T-0", 8);
        body.Remove(field);

        using var answer = await Simulator.SendAsync(RunningSimulator.ReversePath, body.ToJsonString(), RunningSimulator.NewKey());

        await RefusedAsync(answer, $"{field} is required");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W-1")]
    [InlineData("123e4567-e89b-12d3-a456-426655440000")]
    public async Task A_key_that_is_no_version_four_uuid_is_refused(string? key)
    {
        using var answer = await Simulator.SendAsync(RunningSimulator.PostPath, Requests.Issuance("T-1").ToJsonString(), key);

        await RefusedAsync(answer, "Idempotency-Key");
    }

    [Fact]
    public async Task A_field_that_is_there_twice_is_refused()
    {
        var body = Requests
            .Issuance("T-1")
            .ToJsonString()
            .Replace("\"deviceId\":", "\"deviceId\":\"A\",\"deviceId\":", StringComparison.Ordinal);

        using var answer = await Simulator.SendAsync(RunningSimulator.PostPath, body, RunningSimulator.NewKey());

        await RefusedAsync(answer, "deviceId");
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_refused()
    {
        using var answer = await Simulator.SendAsync(RunningSimulator.PostPath, "{", RunningSimulator.NewKey());

        await RefusedAsync(answer, "JSON");
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, RunningSimulator.PostPath)
        {
            Content = new StringContent(Requests.Issuance("T-1").ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("text/plain")),
        };
        request.Headers.Add("Idempotency-Key", RunningSimulator.NewKey());

        using var answer = await Simulator.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await RefusedAsync(answer, "Content-Type");
    }

    [Fact]
    public async Task A_path_outside_the_contract_is_refused_and_recorded()
    {
        using var answer = await Simulator.SendAsync("/checkout/issuance/post", "{}", RunningSimulator.NewKey());

        Assert.Equal(404, (int)answer.StatusCode);
        await BreachedAsync("unknown-path");
    }

    [Fact]
    public async Task Nothing_is_wrong_with_only_what_is_required()
    {
        var body = Requests.Issuance("T-1");
        foreach (var optional in new[] { "context", "coupon", "deviceId" })
            body.Remove(optional);
        body["issuances"]![0]!.AsObject().Remove("offerId");
        body["issuances"]![0]!.AsObject().Remove("offerDescription");

        var (status, echo) = await PostAsync(body);

        Assert.Equal(200, status);
        Assert.Null(echo["coupon"]);
        Assert.Null(echo["issuances"]![0]!["offerId"]);
        await BreachedAsync();
    }

    async Task RefusedAsync(HttpResponseMessage answer, string named)
    {
        Assert.Equal(400, (int)answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.NotNull(body["responseCode"]);
        Assert.Contains(named, body["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await BreachedAsync("invalid-request");
        await EffectsAsync();
    }
}

using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_a_token_is_asked_for_or_presented : SimulatorTest
{
    [Fact]
    public async Task The_right_credentials_get_a_bearer_token_with_its_lifetime()
    {
        using var answer = await Simulator.AskTokenAsync("client_credentials", "partner", "secret-of-the-simulator");

        var body = await BodyOf(answer);
        Assert.Equal("Bearer", body["token_type"]!.GetValue<string>());
        Assert.Equal(3600, body["expires_in"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("partner", "wrong")]
    [InlineData("somebody", "secret-of-the-simulator")]
    public async Task Wrong_credentials_are_an_invalid_client(string id, string secret)
    {
        using var answer = await Simulator.AskTokenAsync("client_credentials", id, secret);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("invalid_client", (await BodyOf(answer))["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_grant_is_refused()
    {
        using var answer = await Simulator.AskTokenAsync("password", "partner", "secret-of-the-simulator");

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Every_token_request_is_counted()
    {
        await Simulator.TokenAsync();
        await Simulator.TokenAsync();

        Assert.Equal(3, await Simulator.StatAsync("tokenRequests"));
    }

    [Fact]
    public async Task A_call_without_a_token_is_refused_and_recorded()
    {
        Simulator.Http.DefaultRequestHeaders.Authorization = null;

        await RefusedAsync();
        await BreachedAsync("token-missing");
    }

    [Fact]
    public async Task A_token_that_was_never_issued_is_refused_and_recorded()
    {
        Simulator.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "made-up");

        await RefusedAsync();
        await BreachedAsync("token-unknown");
    }

    [Fact]
    public async Task A_token_that_expired_a_moment_ago_is_refused_and_only_counted()
    {
        Simulator.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(30));

        await RefusedAsync();
        await BreachedAsync();
        Assert.Equal(1, await Simulator.StatAsync("expiredTokenCalls"));
    }

    [Fact]
    public async Task A_token_that_expired_long_ago_is_refused_and_recorded()
    {
        Simulator.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(61));

        await RefusedAsync();
        await BreachedAsync("token-expired");
    }

    [Fact]
    public async Task A_revoked_token_is_refused_without_blame_until_the_client_could_know()
    {
        using var revoked = await Simulator.Http.PostAsync("/simulator/tokens/revoke", null, TestContext.Current.CancellationToken);
        await RefusedAsync();
        await BreachedAsync();
        Assert.Equal(1, await Simulator.StatAsync("revokedTokenCalls"));

        Simulator.Time.Advance(TimeSpan.FromSeconds(6));
        await RefusedAsync();
        await BreachedAsync("token-revoked");
    }

    async Task RefusedAsync()
    {
        var (status, body) = await PostAsync(Requests.Issuance("T-1"));
        Assert.Equal(401, status);
        Assert.Null(body["responseCode"]);
        await EffectsAsync();
    }

    static async Task<JsonNode> BodyOf(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
}

using System.Text;
using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class AccessTokensTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_asked_for_by_client_credentials()
    {
        var issuer = new IssuerStub();

        await issuer.PostAsync(("Audience", "loyalty api"));

        var request = Assert.Single(issuer.TokenRequests);
        Assert.Equal("application/x-www-form-urlencoded", request.ContentType);
        Assert.Equal(
            "grant_type=client_credentials&client_id=client&client_secret=s3cret&audience=loyalty+api",
            Encoding.UTF8.GetString(request.Body)
        );
    }

    [Fact]
    public async Task A_token_is_used_until_shortly_before_it_expires()
    {
        var time = new FakeTimeProvider();
        var issuer = new IssuerStub();
        await using var services = issuer.Services(time);
        var tokens = services.GetRequiredService<AccessTokens>();

        Assert.Equal("token-1", (await tokens.GetAsync(Token)).Token);
        time.Advance(TimeSpan.FromSeconds(3600 - 360 - 1));
        Assert.Equal("token-1", (await tokens.GetAsync(Token)).Token);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token-2", (await tokens.GetAsync(Token)).Token);
    }

    [Theory]
    [InlineData(86400, 77760)]
    [InlineData(600, 540)]
    [InlineData(300, 240)]
    [InlineData(60, 30)]
    [InlineData(0, 0)]
    public void A_margin_is_kept_that_short_lives_can_afford(int lifetime, int used) =>
        Assert.Equal(TimeSpan.FromSeconds(used), AccessTokens.Usable(TimeSpan.FromSeconds(lifetime)));

    [Fact]
    public async Task Many_who_wait_share_one_request()
    {
        var gate = new TaskCompletionSource();
        var issuer = new IssuerStub().ThenToken(async _ =>
        {
            await gate.Task;
            return IssuerStub.Token("shared", "600");
        });
        await using var services = issuer.Services();
        var tokens = services.GetRequiredService<AccessTokens>();

        using var impatient = new CancellationTokenSource();
        var first = tokens.GetAsync(impatient.Token).AsTask();
        var others = Enumerable.Range(0, 50).Select(_ => tokens.GetAsync(Token).AsTask()).ToArray();
        await impatient.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal("shared", answer.Token));
        Assert.Single(issuer.TokenRequests);
    }

    [Fact]
    public async Task Only_the_token_that_failed_is_forgotten()
    {
        var issuer = new IssuerStub();
        await using var services = issuer.Services();
        var tokens = services.GetRequiredService<AccessTokens>();
        await tokens.GetAsync(Token);

        tokens.Invalidate("token-1");
        Assert.Equal("token-2", (await tokens.GetAsync(Token)).Token);
        tokens.Invalidate("token-1");
        Assert.Equal("token-2", (await tokens.GetAsync(Token)).Token);
    }

    [Fact]
    public async Task A_refused_client_is_unresolved_at_once_and_says_where_to_look()
    {
        var issuer = new IssuerStub().ThenToken(_ => Task.FromResult(IssuerStub.Answer(401, """{"error":"invalid_client"}""")));

        var result = await issuer.PostAsync();

        Assert.Contains("AirMiles__ClientSecret", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(issuer.Calls);
        Assert.Single(issuer.TokenRequests);
        Assert.NotNull(Assert.Single(result.Attempts).Failure);
    }

    [Fact]
    public async Task A_failure_of_the_token_endpoint_is_tried_again()
    {
        var issuer = new IssuerStub()
            .ThenToken(_ => Task.FromResult(IssuerStub.Answer(503)))
            .ThenToken(_ => throw new HttpRequestException("refused"));

        Assert.IsType<CallOutcome.Accepted>((await issuer.PostAsync()).Outcome);
        Assert.Equal(3, issuer.TokenRequests.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"access_token":"\ud800"}""")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":"two\r\nlines","expires_in":600}""")]
    public async Task What_is_no_token_is_not_used(string body)
    {
        var issuer = new IssuerStub();
        for (var count = 0; count < 3; count++)
            issuer.ThenToken(_ => Task.FromResult(IssuerStub.Answer(200, body)));

        Assert.Contains(
            "access_token",
            Assert.IsType<CallOutcome.Unresolved>((await issuer.PostAsync()).Outcome).Reason,
            StringComparison.Ordinal
        );
        Assert.Empty(issuer.Calls);
    }

    [Fact]
    public async Task The_token_endpoint_has_its_own_timeout()
    {
        var issuer = new IssuerStub().ThenToken(async cancellationToken =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return IssuerStub.Answer(200);
        });

        var result = await issuer.PostAsync(("AttemptTimeout", "00:00:00.1"));

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.Contains("did not answer within 00:00:00.1", result.Attempts[0].Failure, StringComparison.Ordinal);
    }
}

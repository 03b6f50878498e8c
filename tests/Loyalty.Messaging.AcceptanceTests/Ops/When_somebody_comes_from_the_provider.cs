using System.Net;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>OpenID Connect, from the sign-in page to the first page and back out.</summary>
[Collection(nameof(RunningSite))]
public sealed class When_somebody_comes_from_the_provider(RunningSite site) : IAsyncLifetime
{
    readonly FakeProvider _provider = new();
    Browser _browser = null!;

    public async ValueTask InitializeAsync() =>
        _browser = new Browser(
            await site.System.StartOpsAsync(
                new Dictionary<string, string>
                {
                    ["ASPNETCORE_ENVIRONMENT"] = "Production",
                    ["Ops__Oidc__Authority"] = _provider.Authority,
                    ["Ops__Oidc__ClientId"] = FakeProvider.ClientId,
                    ["Ops__Oidc__ClientSecret"] = FakeProvider.ClientSecret,
                    ["Ops__Oidc__RoleClaim"] = "groups",
                }
            )
        );

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("viewer", "everybody", "viewer")]
    [InlineData("operator", "viewer", "operator")]
    [InlineData("viewer", "APPROVER", "approver")]
    public async Task The_highest_of_our_roles_counts(string first, string second, string role)
    {
        _provider.Roles = [first, second];
        var done = await ComeAsync();
        Assert.Equal("/sign-in/done?return=%2Forders%3Fstuck%3Dtrue", done);
        using (var landing = await _browser.GetAsync(done))
            Assert.Equal("0; url=/orders?stuck=true", Assert.Single(landing.Headers.GetValues("Refresh")));
        var page = await _browser.ReadAsync("/orders?stuck=true");
        Assert.Contains("ana@example.com", page, StringComparison.Ordinal);
        Assert.Contains($"<span class=\"role\">{role}</span>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("everybody")]
    [InlineData("viewers")]
    public async Task Nobody_gets_in_without_a_role(string group)
    {
        _provider.Roles = [group];
        var page = await ComeAsync();
        Assert.Equal("/sign-in/no-role", page);
        Assert.Contains("You have no role here", await _browser.ReadAsync(page), StringComparison.Ordinal);
        using var answer = await _browser.GetAsync("/orders");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_gets_nobody_in()
    {
        _provider.Roles = ["approver"];
        using var forged = await _browser.GetAsync("/sign-in/oidc?code=1&state=made-up");
        Assert.Equal(
            (HttpStatusCode.Found, "/sign-in?code=provider-failed&return=%2F"),
            (forged.StatusCode, forged.Headers.Location!.OriginalString)
        );
        using var answer = await _browser.GetAsync("/orders");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said()
    {
        await _provider.DisposeAsync();
        using var answer = await _browser.GetAsync("/sign-in/provider");
        Assert.StartsWith("/sign-in?code=provider-away", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    /// <returns>Where the site sends somebody who comes back from the provider.</returns>
    async Task<string> ComeAsync()
    {
        Assert.Contains(
            "Sign in with your account",
            await _browser.ReadAsync("/sign-in?return=%2Forders%3Fstuck%3Dtrue"),
            StringComparison.Ordinal
        );
        using var away = await _browser.GetAsync("/sign-in/provider?return=%2Forders%3Fstuck%3Dtrue");
        var back = await FakeProvider.ConsentAsync(away.Headers.Location!);
        using var answer = await _browser.GetAsync(back.PathAndQuery);
        return answer.Headers.Location!.OriginalString;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>The site's own sign-in, and what other sites' pages cannot make of it.</summary>
[Collection(nameof(RunningSite))]
public sealed partial class When_somebody_signs_in(RunningSite site) : IDisposable
{
    readonly Browser _browser = new(site.Guarded);

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task A_page_asks_for_a_key_and_then_is_shown()
    {
        using (var answer = await _browser.GetAsync("/orders/a%2Fb?x=1"))
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal("/sign-in?return=%2Forders%2Fa%252Fb%3Fx%3D1", answer.Headers.Location!.OriginalString);
        }
        Assert.Equal(
            "/orders/a%2Fb?x=1",
            await _browser.SignInAsync(RunningSite.KeyOf("viewer"), "/sign-in?return=%2Forders%2Fa%252Fb%3Fx%3D1")
        );
        Assert.Contains("one viewer", await _browser.ReadAsync("/orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_gets_a_sentence_and_no_cookie()
    {
        var page = await _browser.SignInAsync("the-key-of-nobody");
        Assert.StartsWith("/sign-in?code=wrong-key", page, StringComparison.Ordinal);
        Assert.Contains("not known here", await _browser.ReadAsync(page), StringComparison.Ordinal);
        Assert.DoesNotContain(_browser.Cookies, cookie => cookie.Name == "loyalty-ops");
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/ok\r\nSet-Cookie: a=b")]
    public async Task Nobody_is_led_to_another_site(string returnTo) =>
        Assert.Equal("/", await _browser.SubmitAsync("/sign-in", "/sign-in", ("key", RunningSite.KeyOf("viewer")), ("return", returnTo)));

    [Fact]
    public async Task What_the_page_says_cannot_be_put_into_its_address() =>
        Assert.DoesNotContain(
            "evil words",
            await _browser.ReadAsync("/sign-in?code=evil%20words&return=evil%20words"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task The_cookie_is_for_this_site_alone_and_not_for_scripts()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("viewer"));
        var cookie = _browser.SetCookie!.Split('\n').Single(line => line.StartsWith("loyalty-ops=", StringComparison.Ordinal));
        Assert.Contains("samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.Ordinal);
        // Under any other name than this machine's there is a proxy with TLS in between, or should be.
        using var elsewhere = new Browser(site.Guarded);
        using var answer = await elsewhere.GetAsync("/sign-in", ("Host", "ops.example"));
        Assert.Contains("secure", elsewhere.SetCookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_not_ours_does_nothing()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("operator"));
        using var forged = await _browser.PostAsync("/orders/CS-1/cancel", new FormUrlEncodedContent([new("reason", "because")]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Contains("nothing was done", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var foreign = await _browser.PostAsync(
            "/orders/CS-1/cancel",
            new FormUrlEncodedContent([new("reason", "because")]),
            ("Sec-Fetch-Site", "cross-site")
        );
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Fact]
    public async Task With_the_cookie_the_api_wants_to_see_that_a_page_of_ours_asks()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("operator"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_browser.GetAsync("/api/v1/stats")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(RetryAsync()));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(RetryAsync(("X-Loyalty-Request", "1"))));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(RetryAsync(("Sec-Fetch-Site", "same-origin"))));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(RetryAsync(("X-Loyalty-Request", "1"), ("Sec-Fetch-Site", "same-site"))));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(RetryAsync(("X-Loyalty-Request", "1"), ("Origin", "http://127.0.0.1:1"))));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(RetryAsync(("X-Loyalty-Request", "1"), ("Sec-Fetch-Site", "same-origin"))));
        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(RetryAsync(("X-Loyalty-Request", "1"), ("Origin", site.Guarded.GetLeftPart(UriPartial.Authority))))
        );

        using var refused = await RetryAsync();
        Assert.Contains("X-Loyalty-Request: 1", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Task<HttpResponseMessage> RetryAsync(params (string, string)[] headers) =>
            _browser.PostAsync("/api/v1/orders/nothing-of-that-name/retry", JsonContent.Create(new { reason = "to see" }), headers);
    }

    [Fact]
    public async Task A_viewer_sees_no_act_and_may_do_none()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("viewer"));
        Assert.DoesNotContain("Ask now", await _browser.ReadAsync("/issuer"), StringComparison.Ordinal);
        using var answer = await _browser.PostAsync("/issuer/echo", new FormUrlEncodedContent([]), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Your role does not allow this", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("viewer"));
        Assert.StartsWith("/sign-in?code=signed-out", await _browser.SubmitAsync("/orders", "/sign-out"), StringComparison.Ordinal);
        using var answer = await _browser.GetAsync("/orders");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task Another_instance_knows_the_cookie_and_one_without_the_key_does_not()
    {
        await _browser.SignInAsync(RunningSite.KeyOf("viewer"));
        var second = await site.System.StartOpsAsync(RunningSite.GuardedSettings());
        using (var there = _browser.At(second))
            Assert.Contains("one viewer", await there.ReadAsync("/orders"), StringComparison.Ordinal);

        var settings = RunningSite.GuardedSettings();
        settings["Ops__Keys__0__Hash"] = RunningSite.HashOf("another key");
        using var gone = _browser.At(await site.System.StartOpsAsync(settings));
        using var answer = await gone.GetAsync("/orders");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task A_link_from_elsewhere_is_asked_for_once_more_from_here()
    {
        using var answer = await _browser.GetAsync("/orders", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal((HttpStatusCode.OK, "0"), (answer.StatusCode, Assert.Single(answer.Headers.GetValues("Refresh"))));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/orders")]
    [InlineData("/orders?stuck=true")]
    [InlineData("/timers")]
    [InlineData("/issuer")]
    [InlineData("/audit?verify=true")]
    [InlineData("/nothing-here")]
    public async Task A_page_holds_no_script_and_no_style_of_its_own(string path)
    {
        await _browser.SignInAsync(RunningSite.KeyOf("operator"));
        using var answer = await _browser.GetAsync(path);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<h1>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Inline(), html);
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), html);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var asset = Stylesheet().Match(html).Groups[1].Value;
        using var style = await _browser.GetAsync(asset);
        Assert.Equal((HttpStatusCode.OK, "text/css"), (style.StatusCode, style.Content.Headers.ContentType!.MediaType));
        Assert.Contains("immutable", style.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        return answer.StatusCode;
    }

    [GeneratedRegex("""<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"([^\"]+)\"")]
    private static partial Regex Stylesheet();
}

using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Browser;

/// <summary>
/// Somebody with a browser. What the browser complains of (scripts that fail, what the site's own policy forbids) is kept, and must be
/// nothing.
/// </summary>
public sealed partial class Visitor : IAsyncDisposable
{
    readonly IBrowserContext _context;
    readonly ConcurrentQueue<string> _complaints = new();

    Visitor(IBrowserContext context, IPage page, Uri site)
    {
        (_context, Page, Site) = (context, page, site);
        page.Console += (_, message) =>
        {
            // What could not be loaded is told below, with its address.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _complaints.Enqueue(message.Text);
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 && response.Request.ResourceType != "document")
                _complaints.Enqueue($"{response.Status} {response.Url}");
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }
    public Uri Site { get; }
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<Visitor> OfAsync(IBrowser browser, Uri site)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { Locale = "en-CA", TimezoneId = "UTC" });
        var visitor = new Visitor(context, await context.NewPageAsync(), site);
        await visitor.LookAsync(1280, ColorScheme.Light);
        return visitor;
    }

    /// <summary>As on another screen, from now on.</summary>
    /// <param name="width">Pixels.</param>
    public async Task LookAsync(int width, ColorScheme colours)
    {
        await Page.SetViewportSizeAsync(width, 900);
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colours });
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(Site, path).ToString());

    /// <summary>Signs in with a key, as a person would.</summary>
    public async Task SignInAsync(string key)
    {
        await GoAsync("/sign-in");
        await Page.FillAsync("#key", key);
        await Page.ClickAsync("main button");
        // Asked for until it is so: a wait for the event misses one that came before it, and never ends.
        await Assertions.Expect(Page).Not.ToHaveURLAsync(SignInAddress(), new PageAssertionsToHaveURLOptions { Timeout = 60_000 });
    }

    /// <summary>Opens an act, says why, and does it.</summary>
    public async Task ActAsync(string id, string reason, params (string Selector, string Value)[] fields)
    {
        var act = Page.Locator($"#{id}");
        if (await act.GetAttributeAsync("open") is null)
            await act.Locator("summary").ClickAsync();
        foreach (var (selector, value) in fields)
            await act.Locator(selector).FillAsync(value);
        await act.Locator("[name=reason]").FillAsync(reason);
        await act.Locator("form > button").ClickAsync();
    }

    public Task SeesAsync(string text) =>
        Assertions.Expect(Page.Locator("main")).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });

    [GeneratedRegex("/sign-in")]
    private static partial Regex SignInAddress();

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_complaints);
    }
}

using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Browser;

/// <summary>
/// Every page, wide and narrow, light and dark: readable, reachable by keyboard, nothing hidden. The pictures are in
/// <c>TestResults/screenshots</c>.
/// </summary>
public sealed class When_pages_are_looked_at(LivelySite site) : IClassFixture<LivelySite>
{
    const int Wide = 1280;
    const int Narrow = 390;

    /// <summary>Texts whose contrast with their ground is below AA: 4.5, or 3 for large ones.</summary>
    const string Faint = """
        () => {
          const channel = value => { value /= 255; return value <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4) }
          const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
          const rgba = text => {
            const parts = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]
            return parts.length === 3 ? [...parts, 1] : parts
          }
          const ground = element => {
            for (; element; element = element.parentElement) {
              const colour = rgba(getComputedStyle(element).backgroundColor)
              if (colour[3] > 0.99) return colour
            }
            return [255, 255, 255, 1]
          }
          const faint = []
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement, style = getComputedStyle(element), box = element.getBoundingClientRect()
            if (!node.textContent.trim() || box.width < 2 || box.height < 2) continue
            if (style.visibility === 'hidden' || style.opacity < 0.99) continue
            if (element.closest('svg, script, style, .unseen, .skip, [aria-disabled]')) continue
            const [text, back] = [light(rgba(style.color)), light(ground(element))]
            const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)
            const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700)
            if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 40)}`)
          }
          return faint
        }
        """;

    /// <summary>Fields that no label names, and buttons and links without words.</summary>
    const string Nameless = """
        () => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
          .filter(each => !(each.labels?.length || each.getAttribute('aria-label') || each.textContent.trim() || each.closest('label')))
          .map(each => each.outerHTML.slice(0, 120))
        """;

    /// <summary>Links whose addresses were escaped twice, and lead somewhere else.</summary>
    const string Misleading = """
        () => [...document.querySelectorAll('a[href*="amp;"]')].map(each => each.getAttribute('href'))
        """;

    public static TheoryData<string> Pages => [.. LivelySite.Pages];

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_is_readable_wide_and_narrow_light_and_dark(string name)
    {
        await using var visitor = await Visitor.OfAsync(site.Browser, site.Letters.Ops);
        if (name != "sign-in")
            await visitor.SignInAsync(RunningSite.KeyOf("approver"));
        var page = visitor.Page;
        foreach (var colours in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        foreach (var width in (int[])[Wide, Narrow])
        {
            await visitor.LookAsync(width, colours);
            await visitor.GoAsync(site.Paths[name]);
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            Assert.Contains("Loyalty.Messaging", await page.TitleAsync(), StringComparison.Ordinal);
            Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), await page.InnerTextAsync("body"));
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Picture(name, width, colours), FullPage = true });
            Assert.Empty(await page.EvaluateAsync<string[]>(Faint));
            Assert.Empty(await page.EvaluateAsync<string[]>(Nameless));
            Assert.Empty(await page.EvaluateAsync<string[]>(Misleading));
            Assert.True(
                await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width,
                $"{name} is wider than {width} pixels"
            );
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_can_be_read_without_JavaScript_and_is_entered_by_keyboard(string name)
    {
        var context = await site.Browser.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        try
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(site.Letters.Ops, "/sign-in").ToString());
            await page.FillAsync("#key", RunningSite.KeyOf("viewer"));
            await page.ClickAsync("main button");
            await page.GotoAsync(new Uri(site.Letters.Ops, site.Paths[name]).ToString());
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            // Pages of their own, without what stands around the others.
            if (name is "sign-in" or "not-found")
                return;
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("Skip to the content", await page.Locator(":focus").InnerTextAsync());
            // Somebody who may only look is offered nothing to do.
            Assert.Equal(0, await page.Locator("main details.act button").CountAsync());
        }
        finally
        {
            await context.CloseAsync();
        }
    }

    static string Picture(string name, int width, ColorScheme colours) =>
        Path.Combine(
            Repository.Root,
            "TestResults",
            "screenshots",
            $"{name}-{width}-{(colours == ColorScheme.Dark ? "dark" : "light")}.png"
        );
}

using System.Text;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Browser;

/// <summary>Journeys of the people who run this, in a real browser on the whole system.</summary>
public sealed class When_somebody_works_on_the_site(Chromium chromium) : LetterTest, IClassFixture<Chromium>
{
    private protected override Task<LetterSystem> StartAsync() => LetterSystem.StartAsync(guarded: true);

    [Fact]
    public async Task An_order_is_found_read_corrected_and_issued()
    {
        await System.RejectAsync("WB-1");

        await using var ann = await Visitor.OfAsync(chromium.Browser, Letters.Ops);
        await ann.GoAsync("/orders");
        Assert.Contains("/sign-in", ann.Page.Url, StringComparison.Ordinal);
        await ann.SignInAsync(RunningSite.KeyOf("operator"));
        await ann.Page.FillAsync("#search", "WB-1");
        await ann.Page.PressAsync("#search", "Enter");
        await ann.SeesAsync("Rejected");
        Assert.Contains("/orders/WB-1", ann.Page.Url, StringComparison.Ordinal);
        await ann.SeesAsync("POST/EVENT answered 400");
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), await ann.Page.ContentAsync());

        await ann.ActAsync(await CorrectFormAsync(ann), "the till had the wrong store", ("[name=locationCode]", "0042"));
        await ann.SeesAsync("the till had the wrong store");
        await System.OrderIsAsync("WB-1", "Issued");
        await ann.GoAsync("/orders/WB-1");
        await ann.SeesAsync("Issued");
        await ann.SeesAsync("0042");
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task Five_hundred_dead_letters_are_previewed_approved_stop_by_themselves_and_go_on_when_mended()
    {
        const int many = 500;
        await Letters.BreakAsync("FH-");
        await Task.WhenAll(
            Enumerable.Range(1, many).Select(index => System.Commerce.CompleteAsync(Commerce.Order($"FH-{index}", $"8{index:D9}0")))
        );
        await Eventually.SeeAsync(
            () => System.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter WHERE state = 'Open'"),
            count => count == many,
            "five hundred dead letters",
            TimeSpan.FromMinutes(2)
        );

        await using var one = await Visitor.OfAsync(chromium.Browser, Letters.Ops);
        await one.SignInAsync(RunningSite.KeyOf("approver"));
        await one.GoAsync("/dead-letters");
        await one.SeesAsync("500");
        await one.Page.Locator("#groups tbody a").First.ClickAsync();
        await one.SeesAsync("Who must act");
        await one.Page.GetByText("Preview a replay of all of these").ClickAsync();
        await one.SeesAsync("500 messages");
        await one.SeesAsync("A second person has to say yes");
        await one.ActAsync("replay", "the release is mended");
        await one.SeesAsync("AwaitingApproval");
        Assert.Equal(0, await one.Page.Locator("#approve").CountAsync());
        var job = new Uri(one.Page.Url).AbsolutePath;

        await using var two = await Visitor.OfAsync(chromium.Browser, Letters.Ops);
        await two.SignInAsync(Keys.Second);
        await two.GoAsync(job);
        await two.ActAsync("approve", "looked at it together");
        await two.SeesAsync("It stopped automatically");
        await Letters.MendAsync();
        await two.GoAsync(job);
        await two.ActAsync("resume", "now it is mended");
        await Assertions
            .Expect(two.Page.Locator("#progress .badge").First)
            .ToContainTextAsync("Done", new LocatorAssertionsToContainTextOptions { Timeout = 120_000 });
        await System.QuietAsync();
        Assert.Equal(many, await System.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"));
        Assert.Equal(many, (await System.Issuer.LedgerAsync()).Count);
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task A_hostile_message_runs_no_script_anywhere()
    {
        const string hostile =
            "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\"'><svg onload=alert(1)>";
        var order = Commerce.Order("HM-1");
        order["context"] = new Dictionary<string, string> { ["note"] = hostile };
        order.Remove("locationCode");
        order[hostile] = hostile;
        await System.Commerce.PublishAsync(
            "commerce.order-completed",
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(order)),
            hostile,
            headers: new Dictionary<string, object?> { ["x-note"] = hostile, [hostile] = "1" }
        );
        var whole = Commerce.Order("HM-2");
        whole["context"] = new Dictionary<string, string> { ["note"] = hostile };
        await System.Commerce.CompleteAsync(whole);
        await System.OrderIsAsync("HM-2", "Issued");
        var letter = (await Letters.OpenAsync(1, key: RunningSite.KeyOf("viewer")))[0].GetProperty("id").GetGuid();

        await using var ann = await Visitor.OfAsync(chromium.Browser, Letters.Ops);
        await ann.SignInAsync(RunningSite.KeyOf("operator"));
        foreach (
            var path in (string[])
                [
                    "/dead-letters",
                    $"/dead-letters/{letter}",
                    $"/dead-letters/replay?id={letter}",
                    $"/dead-letters?q={Uri.EscapeDataString(hostile)}",
                    "/orders/HM-2",
                    $"/orders/{Uri.EscapeDataString(hostile)}",
                ]
        )
        {
            await ann.GoAsync(path);
            Assert.NotEqual("owned", await ann.Page.TitleAsync());
            Assert.Equal(0, await ann.Page.Locator("img, svg[onload], main script").CountAsync());
        }
        await ann.GoAsync($"/dead-letters/{letter}");
        await ann.SeesAsync("onerror");
    }

    /// <summary>The first act that corrects.</summary>
    static async Task<string> CorrectFormAsync(Visitor visitor) =>
        (await visitor.Page.Locator("details.act[id$=correct]").First.GetAttributeAsync("id"))!;
}

using System.Net;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.Decisions;

/// <summary>More miles than are plausible are issued when a person has said yes, very many when two have; on the whole system.</summary>
public sealed class When_an_order_is_held : LetterTest
{
    private protected override Task<LetterSystem> StartAsync() =>
        LetterSystem.StartAsync(
            guarded: true,
            settings: new Dictionary<string, string> { ["Ops__Approval__Miles"] = "25", ["Ops__Approval__Period"] = "00:00:00.001" },
            worker: new Dictionary<string, string>
            {
                ["Plausibility__MilesPerOrder"] = "20",
                ["Plausibility__MilesPerCollectorAndDay"] = "40",
                ["Plausibility__OrderAge"] = "36500.00:00:00",
                ["Collectors__IndexKey"] = new string('7', 64),
            }
        );

    [Fact]
    public async Task One_person_approves_it_and_two_what_is_too_much_for_one()
    {
        await System.Commerce.CompleteAsync(Commerce.Order("HE-1", amount: 420));
        await System.Commerce.CompleteAsync(Commerce.Order("HE-2", "84095202006", amount: 600));
        await System.Commerce.CompleteAsync(Commerce.Order("HE-3", "80065000016", amount: 420));
        foreach (var order in (string[])["HE-1", "HE-2", "HE-3"])
            await System.OrderIsAsync(order, "Held");

        using var browser = new Ops.Browser(Letters.Ops);
        await browser.SignInAsync(Operator);
        Assert.Contains("3 held", await browser.ReadAsync("/"), StringComparison.Ordinal);
        var page = await browser.ReadAsync("/orders/HE-1");
        Assert.Contains("Held: 21 miles are more than one order may earn (20)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/orders/HE-1/retry", page, StringComparison.Ordinal);
        Assert.Equal(
            "/orders/HE-1",
            await browser.SubmitAsync("/orders/HE-1", "/orders/HE-1/approve", ("reason", "the shop has confirmed it"))
        );
        await System.OrderIsAsync("HE-1", "Issued");

        var job = Guid.NewGuid();
        var approval = await Letters.AskAsync(
            "POST",
            "orders/HE-2/approve",
            new { reason = "the shop has confirmed it", operationId = job },
            Operator
        );
        Assert.Equal((HttpStatusCode.Accepted, "AwaitingApproval"), (approval.Status, approval.Body.GetProperty("state").GetString()));
        Assert.Equal("Held", await System.OrderStateAsync("HE-2"));
        Assert.Equal(HttpStatusCode.Forbidden, (await Letters.ApproveAsync(job, Operator)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(job, Approver)).Status);
        await System.OrderIsAsync("HE-2", "Issued");

        var cancelled = await CliRun.RunAsync(
            new Dictionary<string, string> { ["Ops__Url"] = Letters.Ops.ToString(), ["Ops__Key"] = Operator },
            "orders",
            "cancel",
            "HE-3",
            "--reason",
            "a test of the shop's"
        );
        Assert.Equal(0, cancelled.ExitCode);
        await System.OrderIsAsync("HE-3", "Cancelled");
        var again = await CliRun.RunAsync(
            new Dictionary<string, string> { ["Ops__Url"] = Letters.Ops.ToString(), ["Ops__Key"] = Operator },
            "orders",
            "approve",
            "HE-3",
            "--reason",
            "after all"
        );
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("It is not held", again.Errors, StringComparison.Ordinal);
        Assert.Equal([21, 30], (await System.Issuer.LedgerAsync()).Select(effect => effect.Miles).Order());
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task That_it_would_be_is_known_before_its_letter_is_sent_again()
    {
        await Letters.BreakAsync("HF-");
        var order = Commerce.Order("HF-1");
        order.Remove("lines");
        order["issuances"] = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 22 }];
        await System.Commerce.CompleteAsync(order);
        var letter = Assert.Single(await Letters.OpenAsync(1, "&order=HF-1", Operator)).GetProperty("id").GetGuid();
        await Letters.MendAsync();
        var told = await Letters.GetAsync($"dead-letters/{letter}", Operator);
        Assert.Equal(
            ("Waits", "It is held until a person approves it: 22 miles are more than one order may earn (20)"),
            (told.GetProperty("effect").GetString(), told.GetProperty("forecast").GetString())
        );
        var (_, job) = await Letters.AskAsync("POST", "dead-letters/replays", new { ids = (Guid[])[letter], reason = "mended" }, Operator);
        await Letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done", Operator);
        await System.OrderIsAsync("HF-1", "Held");
        await Agreement.HoldsAsync(System);
    }

    /// <summary>Another worker has seen the others: what is committed decides.</summary>
    [Fact]
    public async Task A_collectors_day_is_counted_over_all_workers()
    {
        foreach (var number in Enumerable.Range(1, 2))
        {
            await System.Commerce.CompleteAsync(Commerce.Order($"HD-{number}", amount: 300));
            await System.OrderIsAsync($"HD-{number}", "Issued");
        }
        await System.Applications[0].KillAsync();
        await System.StartWorkerAsync();
        await System.Commerce.CompleteAsync(Commerce.Order("HD-3", amount: 300));
        await System.OrderIsAsync("HD-3", "Held");
        Assert.Equal(
            "Held: with it the collector would have 45 miles in one day, more than 40",
            await System.Database.ScalarAsync<string>("SELECT reason FROM issuance WHERE order_id = 'HD-3'")
        );
        await System.Commerce.CompleteAsync(Commerce.Order("HD-4", "84095202006", amount: 300));
        await System.OrderIsAsync("HD-4", "Issued");
        await Agreement.HoldsAsync(System);
    }
}

using System.Net;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>
/// Three messages or twenty miles in a day are what one person may do alone, be it at once or bit by bit. Each test has its own.
/// </summary>
public sealed class When_small_acts_add_up(When_small_acts_add_up.ManyPeople many) : IClassFixture<When_small_acts_add_up.ManyPeople>
{
    static readonly string[] People = ["ann", "bob", "cid", "dee", "eve", "fay", "gil"];

    readonly LetterSystem _letters = many.Letters;
    readonly LoyaltySystem _system = many.Letters.System;

    [Fact]
    public async Task A_few_and_a_few_more_are_many_for_the_same_person_and_not_for_another()
    {
        await InvalidAsync("AA", 6);
        Assert.Equal(2, (await DiscardAsync("ann", await IdsAsync("AA-1", "AA-2"))).Body.GetProperty("count").GetInt32());
        var (_, preview) = await _letters.AskAsync("POST", "dead-letters/replays", new { q = "AA-", preview = true }, Operator);
        Assert.Equal("4 are more than 3 at once", preview.GetProperty("needsApproval").GetString());
        var ids = await IdsAsync("AA-3", "AA-4");
        (_, preview) = await _letters.AskAsync("POST", "dead-letters/replays", new { ids, preview = true }, KeyOf("ann"));
        const string objection = "2 and the 2 that the same person has done alone in the last 24 hours are more than 3";
        Assert.Equal(objection, preview.GetProperty("needsApproval").GetString());
        var (status, job) = await DiscardAsync("ann", ids);
        Assert.Equal(
            (HttpStatusCode.Accepted, "AwaitingApproval", objection),
            (status, job.GetProperty("state").GetString(), job.GetProperty("needsApproval").GetString())
        );
        // As a replay they are just as many.
        (status, job) = await _letters.AskAsync("POST", "dead-letters/replays", new { ids, reason = "try" }, KeyOf("ann"));
        Assert.Equal((HttpStatusCode.Accepted, objection), (status, job.GetProperty("needsApproval").GetString()));

        ids = await IdsAsync("AA-5", "AA-6");
        Assert.Equal(HttpStatusCode.OK, (await DiscardAsync("bob", ids)).Status);
        // What two have done together counts for neither.
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(job.GetProperty("id").GetGuid(), Approver)).Status);
        Assert.Equal(["ann 2", "bob 2"], await CountedAsync("ann", "bob"));
    }

    [Fact]
    public async Task Miles_add_up_over_decisions_about_one_order_each()
    {
        await _system.RejectAsync("AC-1", "80000000093");
        await _system.RejectAsync("AC-2", "80000000101");
        var first = Correction(12);
        var (status, answer) = await _letters.AskAsync("POST", "orders/AC-1/correct", first, KeyOf("cid"));
        Assert.Equal((HttpStatusCode.Accepted, "Issuing"), (status, answer.GetProperty("state").GetString()));
        await _system.OrderIsAsync("AC-1", "Issued");
        // Sent again it is the same decision, and counts once.
        Assert.Equal(HttpStatusCode.Accepted, (await _letters.AskAsync("POST", "orders/AC-1/correct", first, KeyOf("cid"))).Status);
        Assert.Equal(["cid 1"], await CountedAsync("cid"));

        (status, answer) = await _letters.AskAsync("POST", "orders/AC-2/correct", Correction(12), KeyOf("cid"));
        Assert.Equal((HttpStatusCode.Accepted, "AwaitingApproval"), (status, answer.GetProperty("state").GetString()));
        var job = answer.GetProperty("operationId").GetGuid();
        Assert.Equal(
            "12 miles and the 12 that the same person has moved alone in the last 24 hours are more than 20",
            (await _letters.GetAsync($"jobs/{job}", Viewer)).GetProperty("needsApproval").GetString()
        );
        Assert.Equal("Rejected", await _system.OrderStateAsync("AC-2"));
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(job, Approver)).Status);
        await _system.OrderIsAsync("AC-2", "Issued");
        Assert.Equal(["cid 1"], await CountedAsync("cid"));

        static object Correction(int miles)
        {
            var offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = miles }];
            return new
            {
                reason = "a typo of theirs",
                operationId = Guid.NewGuid(),
                offers,
            };
        }
    }

    /// <summary>A retry and a cancellation move an order's miles, or give them up, as a correction does.</summary>
    [Fact]
    public async Task Every_kind_of_decision_counts()
    {
        await _system.RejectAsync("AF-1", "80000000119");
        await _system.RejectAsync("AF-2", "80000000127");
        await _system.SuspendAsync("AF-3", "80000000135");
        Assert.Equal("Cancelled", await DecideAsync("orders/AF-1/cancel"));
        Assert.Equal("Issuing", await DecideAsync("orders/AF-3/retry"));
        Assert.Equal(["fay 2"], await CountedAsync("fay"));
        Assert.Equal("AwaitingApproval", await DecideAsync("orders/AF-2/cancel"));
        Assert.Equal("Rejected", await _system.OrderStateAsync("AF-2"));
        // What there is nothing to decide about counts for nothing.
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await _letters.AskAsync("POST", "orders/AF-1/retry", new { reason = "after all" }, KeyOf("fay"))).Status
        );
        Assert.Equal(["fay 2"], await CountedAsync("fay"));
        await _system.OrderIsAsync("AF-3", "Issued");

        async Task<string?> DecideAsync(string path) =>
            (await _letters.AskAsync("POST", path, new { reason = "the shop is closed" }, KeyOf("fay")))
                .Body.GetProperty("state")
                .GetString();
    }

    /// <summary>Whoever breaks a request off after it was counted has it counted, and may send it again: it, and not another one.</summary>
    [Fact]
    public async Task What_was_counted_for_one_decision_serves_no_other_under_its_id()
    {
        await _system.RejectAsync("AG-1", "80000000143");
        var (operationId, other) = (Guid.NewGuid(), Guid.NewGuid());
        await _system.Database.RunAsync(
            """
            CREATE FUNCTION unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$;
            CREATE TRIGGER unrecorded BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION unrecorded();
            """
        );
        await DecideAsync(
            "correct",
            new
            {
                reason = "a typo of theirs",
                operationId,
                offers = Offers(8),
            }
        );
        await DecideAsync("cancel", new { reason = "closed", operationId = other });
        await _system.Database.RunAsync("DROP TRIGGER unrecorded ON decision");
        Assert.Equal(["gil 2"], await CountedAsync("gil"));

        Assert.Equal(
            "AwaitingApproval",
            await DecideAsync(
                "cancel",
                new
                {
                    reason = "closed",
                    operationId = other,
                    noEffect = true,
                }
            )
        );
        Assert.Equal(
            "AwaitingApproval",
            await DecideAsync(
                "correct",
                new
                {
                    reason = "a typo of theirs",
                    operationId,
                    offers = Offers(30),
                }
            )
        );
        Assert.Equal("Rejected", await _system.OrderStateAsync("AG-1"));
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(operationId, Approver)).Status);
        await _system.OrderIsAsync("AG-1", "Issued");

        static object[] Offers(int miles) => [new { issuanceOfferCode = "STANDARD", milesAmount = miles }];

        async Task<string?> DecideAsync(string act, object body)
        {
            var (_, answer) = await _letters.AskAsync("POST", $"orders/AG-1/{act}", body, KeyOf("gil"));
            return answer.TryGetProperty("state", out var state) ? state.GetString() : null;
        }
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_no_more_are_done_than_one_after_the_other()
    {
        await InvalidAsync("AD", 8);
        var ids = await IdsAsync([.. Enumerable.Range(1, 8).Select(number => $"AD-{number}")]);
        var answers = await Task.WhenAll(ids.Select(id => DiscardAsync("dee", id)));
        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Accepted));
        const string discarded = "SELECT count(*) FROM dead_letter WHERE order_id LIKE 'AD-%' AND state = 'Discarded'";
        Assert.Equal(3, await _system.Database.ScalarAsync<long>(discarded));
    }

    [Fact]
    public async Task What_lies_further_back_does_not_count_any_more()
    {
        await InvalidAsync("AE", 4);
        Assert.Equal(HttpStatusCode.OK, (await DiscardAsync("eve", await IdsAsync("AE-1", "AE-2", "AE-3"))).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await DiscardAsync("eve", await IdsAsync("AE-4"))).Status);
        await _system.Database.RunAsync("UPDATE lone_act SET at = at - interval '24 hours' WHERE name = 'eve'");
        Assert.Equal(HttpStatusCode.OK, (await DiscardAsync("eve", await IdsAsync("AE-4"))).Status);
    }

    static string KeyOf(string person) => $"the-key-of-{person}";

    Task<(HttpStatusCode Status, JsonElement Body)> DiscardAsync(string person, params Guid[] ids) =>
        _letters.AskAsync("POST", "dead-letters/discard", new { ids, reason = "a test of theirs" }, KeyOf(person));

    /// <summary>How many things each of them has done alone.</summary>
    Task<List<string>> CountedAsync(params string[] people) =>
        _system.Database.ColumnAsync(
            $"SELECT name || ' ' || sum(things) FROM lone_act WHERE name IN ('{string.Join("', '", people)}') GROUP BY name ORDER BY name"
        );

    async Task<Guid[]> IdsAsync(params string[] orders)
    {
        var ids = new List<Guid>();
        foreach (var order in orders)
            ids.Add(Assert.Single(await _letters.OpenAsync(1, $"&order={order}", Viewer)).GetProperty("id").GetGuid());
        return [.. ids];
    }

    async Task InvalidAsync(string prefix, int count)
    {
        for (var number = 1; number <= count; number++)
            await _system.Commerce.PublishAsync(
                "commerce.order-completed",
                $$"""{"orderId":"{{prefix}}-{{number}}"}""",
                $"{prefix}-{number}"
            );
        await _letters.OpenAsync(count, $"&q={prefix}-", Viewer);
    }

    public sealed class ManyPeople : IAsyncLifetime
    {
        public LetterSystem Letters { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var settings = new Dictionary<string, string> { ["Ops__Approval__Messages"] = "3", ["Ops__Approval__Miles"] = "20" };
            for (var index = 0; index < People.Length; index++)
            {
                settings[$"Ops__Keys__{index + 4}__Name"] = People[index];
                settings[$"Ops__Keys__{index + 4}__Role"] = "operator";
                settings[$"Ops__Keys__{index + 4}__Hash"] = RunningSite.HashOf(KeyOf(People[index]));
            }
            Letters = await LetterSystem.StartAsync(guarded: true, settings: settings);
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Agreement.HoldsAsync(Letters.System);
            }
            finally
            {
                await Letters.DisposeAsync();
            }
        }
    }
}

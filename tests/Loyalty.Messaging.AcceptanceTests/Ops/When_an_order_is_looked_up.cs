using System.Net;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

[Collection(nameof(RunningSite))]
public sealed class When_an_order_is_looked_up(RunningSite site)
{
    readonly LoyaltySystem _system = site.System;

    [Fact]
    public async Task It_says_what_the_issuers_ledger_says()
    {
        await CompleteAndRefundAsync("LU-1", "LF-1", "80071000010");
        var order = await site.OrderAsync("LU-1");

        var ledger = await _system.Issuer.LedgerAsync();
        var issued = Assert.Single(ledger, effect => effect.ClientTransactionId == "I-LU-1");
        var reversed = Assert.Single(ledger, effect => effect.OriginalClientTransactionId == "I-LU-1");
        Assert.Equal(
            ("LU-1", "Issued", "KENY", "*******0010"),
            (Text(order, "orderId"), Text(order, "state"), Text(order, "sponsorCode"), Text(order, "collector"))
        );
        Assert.Equal(
            (issued.ClientTransactionId, issued.TransactionId, issued.Miles),
            (Text(order, "clientTransactionId"), Text(order, "transactionId"), Number(order, "miles"))
        );
        Assert.Equal(reversed.Miles, Number(order, "reversedMiles"));
        Assert.Equal(DateTimeOffset.Parse("2026-11-21T15:04:05.123-05:00", null), order.GetProperty("completedAt").GetDateTimeOffset());
        var reversal = Assert.Single(order.GetProperty("reversals").EnumerateArray());
        Assert.Equal(
            ("LF-1", "Reversed", reversed.Miles),
            (Text(reversal, "refundId"), Text(reversal, "state"), Number(reversal, "miles"))
        );
        Assert.Equal(
            (reversed.ClientTransactionId, reversed.TransactionId),
            (Text(reversal, "clientTransactionId"), Text(reversal, "transactionId"))
        );
    }

    [Fact]
    public async Task Its_timeline_tells_the_order_and_then_the_refund()
    {
        await CompleteAndRefundAsync("LU-2", "LF-2", "80071000025");
        var order = await AtRestAsync("LU-2");

        Assert.Equal(
            [
                "OrderCompleted received",
                "new → Issuing",
                "Sent IssueMiles",
                "POST/EVENT answered 200 in N ms",
                "IssueConfirmed received",
                "Issuing → Issued",
                "Published loyalty.miles-issued",
                "OrderRefunded received for refund LF-2",
                "new → AwaitingIssuance",
                "Sent ClaimReversal",
                "ClaimReversal received",
                "Set aside 4 miles of the order for refund LF-2",
                "Sent ReversalGranted",
                "ReversalGranted received for refund LF-2",
                "AwaitingIssuance → Reversing",
                "Sent ReverseMiles",
                "REVERSE/EVENT answered 200 in N ms",
                "ReverseConfirmed received for refund LF-2",
                "Reversing → Reversed",
                "Published loyalty.miles-reversed",
            ],
            RunningSite.Texts(order)
        );
        Assert.Equal(
            order.GetProperty("timeline").EnumerateArray().Select(At).Order(),
            order.GetProperty("timeline").EnumerateArray().Select(At)
        );
        var calls = RunningSite.Entries(order, "call").ConvertAll(call => call.GetProperty("details"));
        Assert.Equal(["post-event", "reverse-event"], calls.Select(call => Text(call, "operation")));
        Assert.All(calls, call => Assert.Equal((200, 1), (Number(call, "status"), Number(call, "attempt"))));
        Assert.All(calls, call => Assert.InRange(call.GetProperty("durationMs").GetDouble(), 0.1, 10_000));
        Assert.Equal(
            (await _system.Issuer.LedgerAsync())
                .Where(effect => effect.ClientTransactionId is "I-LU-2" or "R-LF-2")
                .Select(effect => effect.IdempotencyKey),
            calls.Select(call => Text(call, "idempotencyKey"))
        );
    }

    [Fact]
    public async Task A_refund_that_came_before_it_is_already_there()
    {
        await _system.Commerce.RefundAsync(Commerce.FullRefund("LF-3", "LU-3"));
        await _system.OrderIsAsync("LU-3", "AwaitingOrder");
        var early = await site.OrderWithAsync("LU-3", "delivery", 2);
        Assert.Equal(("AwaitingOrder", 0), (Text(early, "state"), Number(early, "miles")));
        var reversal = Assert.Single(early.GetProperty("reversals").EnumerateArray());
        Assert.Equal(("LF-3", "AwaitingIssuance"), (Text(reversal, "refundId"), Text(reversal, "state")));
        Assert.False(early.TryGetProperty("collector", out _));

        await _system.Commerce.CompleteAsync(Commerce.Order("LU-3", "80071000030"));
        await _system.RefundIsAsync("LF-3", "Reversed");
        var settled = await AtRestAsync("LU-3");
        Assert.Equal(("Issued", 8, 8), (Text(settled, "state"), Number(settled, "miles"), Number(settled, "reversedMiles")));
        Assert.Equal("OrderRefunded received for refund LF-3", RunningSite.Texts(settled)[0]);
    }

    [Fact]
    public async Task A_rejected_one_shows_the_issuers_reason()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("LU-4", "80000000001"));
        await _system.OrderIsAsync("LU-4", "Rejected");
        var order = await AtRestAsync("LU-4");
        Assert.Equal(("Rejected", "0025"), (Text(order, "state"), Text(order, "responseCode")));
        Assert.Contains("Invalid collector number", Text(order, "reason"), StringComparison.Ordinal);
        Assert.Equal(400, Number(Assert.Single(RunningSite.Entries(order, "call")).GetProperty("details"), "status"));
        Assert.Contains("Published loyalty.miles-issuance-rejected", RunningSite.Texts(order));
    }

    [Fact]
    public async Task A_suspended_one_shows_every_try_of_its_call()
    {
        await _system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-LU-5" },
                times = (int?)null,
                answer = new { status = 500, body = "away" },
            }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order("LU-5", "80071000050"));
        await _system.OrderIsAsync("LU-5", "Suspended");
        var order = await AtRestAsync("LU-5");
        Assert.False(string.IsNullOrEmpty(Text(order, "reason")));
        var tries = RunningSite.Entries(order, "call").ConvertAll(call => call.GetProperty("details"));
        Assert.Equal([(1, 500), (2, 500), (3, 500)], tries.Select(attempt => (Number(attempt, "attempt"), Number(attempt, "status"))));
        Assert.Single(tries.Select(attempt => Text(attempt, "idempotencyKey")).Distinct());
        Assert.Contains("Published loyalty.miles-issuance-suspended", RunningSite.Texts(order));
    }

    [Fact]
    public async Task A_repetition_and_a_conflict_are_told()
    {
        var order = Commerce.Order("LU-6", "80071000060");
        await _system.Commerce.CompleteAsync(order);
        await _system.OrderIsAsync("LU-6", "Issued");
        await _system.Commerce.CompleteAsync(new Dictionary<string, object>(order) { ["eventId"] = "again" });
        await site.OrderWithAsync("LU-6", "duplicate");
        await _system.Commerce.CompleteAsync(new Dictionary<string, object>(order) { ["locationCode"] = "0099" });
        await site.OrderWithAsync("LU-6", "conflict");
        var told = await AtRestAsync("LU-6");

        Assert.Equal(("Issued", 8), (Text(told, "state"), Number(told, "miles")));
        Assert.Single(RunningSite.Entries(told, "duplicate"));
        Assert.Single(RunningSite.Entries(told, "conflict"));
        Assert.Equal("Put a copy into the dead letters", RunningSite.Texts(told)[^1]);
    }

    [Fact]
    public async Task An_id_may_hold_a_slash()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("LU/7", "80071000070"));
        await _system.OrderIsAsync("LU/7", "Issued");
        Assert.Equal("LU/7", Text(await site.OrderAsync("LU/7"), "orderId"));
    }

    [Fact]
    public async Task An_unknown_one_is_a_404_with_a_sentence()
    {
        using var answer = await RunningSite.GetAsync(new Uri(site.Open, "/api/v1/orders/never-seen"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("There is no order never-seen, nor a refund of it", Text(problem, "detail"));
    }

    [Theory]
    [InlineData("/orders/never-seen", "No such order has arrived, nor a refund of it.")]
    [InlineData("/dead-letters/00000000-0000-0000-0000-000000000001", "There is no dead letter 00000000-0000-0000-0000-000000000001.")]
    [InlineData("/jobs/00000000-0000-0000-0000-000000000001", "There is no job 00000000-0000-0000-0000-000000000001.")]
    [InlineData("/reconciliation/2026-02-30", "is not a date.")]
    [InlineData("/never-made", "The address may be mistyped")]
    public async Task A_page_about_what_is_not_there_is_a_404_in_its_own_words(string path, string sentence)
    {
        using var browser = new Browser(site.Open);
        using var answer = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_statistics_count_by_state()
    {
        await CompleteAndRefundAsync("LU-8", "LF-8", "80071000080");
        await _system.Commerce.CompleteAsync(Commerce.Order("LU-8b", "80071000081", amount: 19.99m));
        await _system.OrderIsAsync("LU-8b", "NotEarned");
        await _system.QuietAsync();
        var stats = await site.JsonAsync("/api/v1/stats");

        Assert.Equal(await CountsAsync("issuance"), Counts(stats, "issuances"));
        Assert.Equal(await CountsAsync("reversal"), Counts(stats, "reversals"));
        Assert.Contains(Counts(stats, "issuances"), count => count.StartsWith("NotEarned ", StringComparison.Ordinal));
        Assert.Contains(Counts(stats, "reversals"), count => count.StartsWith("Reversed ", StringComparison.Ordinal));
        Assert.Equal((0, 0), (Number(stats.GetProperty("outbox"), "waiting"), Number(stats.GetProperty("outbox"), "parked")));
    }

    async Task CompleteAndRefundAsync(string orderId, string refundId, string collector)
    {
        await _system.Commerce.CompleteAsync(Commerce.Order(orderId, collector));
        await _system.OrderIsAsync(orderId, "Issued");
        await _system.Commerce.RefundAsync(Commerce.Refund(refundId, orderId));
        await _system.RefundIsAsync(refundId, "Reversed");
    }

    /// <summary>What is published is told as waiting until the broker has it.</summary>
    Task<JsonElement> AtRestAsync(string orderId) =>
        Eventually.SeeAsync(
            () => site.OrderAsync(orderId),
            order => RunningSite.Entries(order, "waiting").Count == 0,
            $"nothing of {orderId} to wait in the outbox"
        );

    Task<List<string>> CountsAsync(string table) =>
        _system.Database.ColumnAsync(
            $"SELECT current_state || ' ' || count(*) FROM {table} GROUP BY current_state ORDER BY current_state COLLATE \"C\""
        );

    static List<string> Counts(JsonElement stats, string name) =>
        [
            .. stats
                .GetProperty(name)
                .EnumerateObject()
                .Select(count => $"{count.Name} {count.Value.GetInt64()}")
                .Order(StringComparer.Ordinal),
        ];

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    static DateTimeOffset At(JsonElement entry) => entry.GetProperty("at").GetDateTimeOffset();
}

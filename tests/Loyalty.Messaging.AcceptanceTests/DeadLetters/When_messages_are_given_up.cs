using System.Net;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Everything given up comes into the database, once, with who must act; and goes back without fear.</summary>
public sealed class When_messages_are_given_up : LetterTest
{
    [Fact]
    public async Task They_are_kept_with_their_cause_grouped_and_found()
    {
        await System.Commerce.PublishAsync(
            "commerce.order-completed",
            """{"orderId":"GU-1","collectorNumber":"80085102028","completedAt":"2026-11-21T15:04:05-05:00","lines":[{"lineId":"1","quantity":1,"amount":20}]}""",
            "first"
        );
        await System.Commerce.PublishAsync(
            "commerce.order-completed",
            """{"orderId":"GU-2","collectorNumber":"80085102028","completedAt":"2026-11-21T15:04:05-05:00","lines":[{"lineId":"1","quantity":1,"amount":20}]}""",
            "second"
        );
        await System.Commerce.PublishAsync("commerce.order-refunded", "no JSON at all");
        await System.Commerce.CompleteAsync(Commerce.Order("GU-3"));
        await System.OrderIsAsync("GU-3", "Issued");
        await System.Commerce.CompleteAsync(Commerce.Order("GU-3", amount: 40m));
        var letters = await Letters.OpenAsync(4);

        var groups = (await Letters.GetAsync("dead-letters/groups")).EnumerateArray().ToList();
        Assert.Equal(3, groups.Count);
        var missing = groups.Single(group => group.GetProperty("reason").GetString()!.Contains("locationCode", StringComparison.Ordinal));
        Assert.Equal(
            (2, "commerce", "invalid"),
            (missing.GetProperty("count").GetInt32(), missing.GetProperty("owner").GetString(), missing.GetProperty("kind").GetString())
        );
        Assert.Contains(groups, group => group.GetProperty("kind").GetString() == "conflict");

        Assert.Equal(
            "GU-2",
            Assert
                .Single((await Letters.GetAsync("dead-letters?q=SECOND")).GetProperty("items").EnumerateArray())
                .GetProperty("orderId")
                .GetString()
        );
        Assert.Equal(
            "GU-1",
            Assert
                .Single((await Letters.GetAsync("dead-letters?order=GU-1")).GetProperty("items").EnumerateArray())
                .GetProperty("orderId")
                .GetString()
        );
        Assert.Empty((await Letters.GetAsync("dead-letters?q=80085102028")).GetProperty("items").EnumerateArray());

        var first = letters.Single(letter => letter.TryGetProperty("orderId", out var id) && id.GetString() == "GU-1");
        var one = await Letters.GetAsync($"dead-letters/{first.GetProperty("id").GetGuid()}");
        Assert.Contains("*******2028", one.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.DoesNotMatch(Ops.RunningSite.WholeCollectorNumber(), one.ToString());
        Assert.Equal("RefusedAgain", one.GetProperty("effect").GetString());
        Assert.Single(one.GetProperty("failures").EnumerateArray());
    }

    /// <summary>What a publisher writes into the properties is no more to be trusted than the body.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("application/json; charset=utf-8; charset=utf-8")]
    [InlineData(";;;")]
    public async Task One_that_nobody_can_read_holds_up_no_other(string contentType)
    {
        await System.Commerce.PublishAsync("commerce.order-completed", """{"orderId":"UR-0"}""", "unreadable", contentType);
        for (var index = 1; index <= 10; index++)
            await System.Commerce.PublishAsync("commerce.order-completed", $$"""{"orderId":"UR-{{index}}"}""", $"bad-{index}");

        var letters = await Letters.OpenAsync(11);
        Assert.Equal(11, letters.Select(letter => letter.GetProperty("orderId").GetString()).Distinct().Count());
        await Eventually.SeeAsync(
            System.Vhost.DepthsAsync,
            depths => depths["loyalty.dead-letters"] == 0,
            "no dead letter to be left in the queue"
        );
    }

    [Fact]
    public async Task A_replay_says_what_it_would_do_stops_when_the_cause_is_still_there_and_goes_on_when_it_is_mended()
    {
        await Letters.BreakAsync("BR-");
        for (var index = 1; index <= 30; index++)
            await System.Commerce.CompleteAsync(Commerce.Order($"BR-{index}", $"8{index:D9}0"));
        await System.Commerce.RefundAsync(Commerce.Refund("BR-R", "BR-1"));
        var letters = await Letters.OpenAsync(31);
        // The orders, and the claim that the refund makes on one of them.
        Assert.Equal(2, letters.Select(letter => letter.GetProperty("group").GetGuid()).Distinct().Count());

        var (_, preview) = await Letters.AskAsync("POST", "dead-letters/replays", new { all = true, preview = true });
        Assert.Equal(31, preview.GetProperty("total").GetInt32());
        var (status, job) = await Letters.AskAsync("POST", "dead-letters/replays", new { all = true, reason = "mended, I believe" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        var id = job.GetProperty("id").GetGuid();
        var stopped = await Letters.JobIsAsync(id, "Stopped");
        Assert.Contains("came back", stopped.GetProperty("stateReason").GetString(), StringComparison.Ordinal);
        Assert.InRange(stopped.GetProperty("failed").GetInt32(), 1, 6);

        await Letters.MendAsync();
        Assert.Equal(HttpStatusCode.OK, (await Letters.AskAsync("POST", $"jobs/{id}/resume", new { reason = "now it is" })).Status);
        var done = await Letters.JobIsAsync(id, "Done");
        Assert.Equal(
            (31, 0),
            (done.GetProperty("done").GetInt32() + done.GetProperty("skipped").GetInt32(), done.GetProperty("failed").GetInt32())
        );
        for (var index = 1; index <= 30; index++)
            await System.OrderIsAsync($"BR-{index}", "Issued");
        await System.RefundIsAsync("BR-R", "Reversed");
        await Letters.OpenAsync(0);
        await Agreement.HoldsAsync(System);
    }
}

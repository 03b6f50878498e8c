using System.Net;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Processes die, people change their minds: what a job works on happens once, or not at all, and it is known which.</summary>
public sealed class When_a_job_is_interrupted : LetterTest
{
    [Fact]
    public async Task A_replay_whose_process_is_killed_twice_sends_everything_once()
    {
        const int Count = 250;
        await GivenUpAsync("JK", Count);
        var (_, job) = await Letters.AskAsync(
            "POST",
            "dead-letters/replays",
            new
            {
                all = true,
                reason = "the worker is mended",
                rate = 15,
                ramp = (int[])[1, 5, 20],
            }
        );
        var id = job.GetProperty("id").GetGuid();
        foreach (var least in (int[])[30, 120])
        {
            await Eventually.SeeAsync(() => BegunAsync(id), begun => begun >= least, $"{least} to be begun", TimeSpan.FromSeconds(60));
            await System.Applications[^1].KillAsync();
            Assert.InRange(await BegunAsync(id), least, Count - 1);
            await Letters.StartOpsAsync();
        }
        var done = await Letters.JobIsAsync(id, "Done");
        Assert.Equal(
            (Count, 0, 0),
            (done.GetProperty("done").GetInt32(), done.GetProperty("failed").GetInt32(), done.GetProperty("skipped").GetInt32())
        );
        Assert.Equal(
            [$"Replayed 1 {Count}"],
            await System.Database.ColumnAsync("SELECT state || ' ' || replays || ' ' || count(*) FROM dead_letter GROUP BY state, replays")
        );
        await Agreement.HoldsAsync(System);
        Assert.Equal(Count, (await System.Issuer.AttemptsAsync()).Count(attempt => attempt.ClientTransactionId is not null));
        Assert.Equal(Count, await System.Database.ScalarAsync<long>("SELECT count(*) FROM journal WHERE message_type = 'OrderCompleted'"));
    }

    [Fact]
    public async Task A_replay_is_paused_resumed_and_cancelled()
    {
        const int Count = 60;
        await GivenUpAsync("JP", Count);
        var (_, job) = await Letters.AskAsync(
            "POST",
            "dead-letters/replays",
            new
            {
                all = true,
                reason = "slowly",
                rate = 4,
                ramp = (int[])[1],
            }
        );
        var id = job.GetProperty("id").GetGuid();
        await Eventually.SeeAsync(() => BegunAsync(id), begun => begun >= 4, "the first to be begun");

        Assert.Equal("Paused", (await ActAsync(id, "pause")).Body.GetProperty("state").GetString());
        var paused = await ArrivedAsync(id);
        var settled = paused.GetProperty("done").GetInt32();
        Assert.InRange(settled, 4, Count - 1);
        Assert.Equal(Count - settled, paused.GetProperty("waiting").GetInt32());
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(id, "pause")).Status);

        Assert.Equal("Running", (await ActAsync(id, "resume")).Body.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(id, "resume")).Status);
        await Eventually.SeeAsync(() => BegunAsync(id), begun => begun >= settled + 3, "it to go on");
        Assert.Equal("Cancelled", (await ActAsync(id, "cancel")).Body.GetProperty("state").GetString());
        foreach (var act in (string[])["pause", "resume", "cancel"])
            Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(id, act)).Status);

        var ended = await ArrivedAsync(id);
        var (done, skipped) = (ended.GetProperty("done").GetInt32(), ended.GetProperty("skipped").GetInt32());
        Assert.Equal((Count, 0), (done + skipped, ended.GetProperty("waiting").GetInt32()));
        Assert.InRange(done, settled + 3, Count - 1);
        await Letters.OpenAsync(skipped);
        Assert.Equal(
            done,
            await System.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter WHERE state = 'Replayed' AND replays = 1")
        );
        await Agreement.HoldsAsync(System);
        Assert.Equal(done, (await System.Issuer.LedgerAsync()).Count);
    }

    /// <summary>The process dies while the first decision waits for its answer.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("pause")]
    [InlineData("cancel")]
    public async Task Decisions_about_many_go_on_where_they_were_and_hold_up_nobody_else(string? meanwhile)
    {
        await System.Issuer.ScriptAsync(new { times = 9, answer = new { status = 500, effect = "before" } });
        for (var number = 1; number <= 3; number++)
        {
            await System.Commerce.CompleteAsync(Commerce.Order($"JD-{number}", $"8{number:D9}0"));
            await System.OrderIsAsync($"JD-{number}", "Suspended");
        }
        await GivenUpAsync("JO", 1);
        await System.Applications[0].KillAsync();
        var id = await Letters.RetrySuspendedAsync("the issuer is back");
        await Eventually.SeeAsync(() => BegunAsync(id), begun => begun == 1, "the first to be begun");
        if (meanwhile is not null)
            await ActAsync(id, meanwhile);
        await System.Applications[^1].KillAsync();
        await System.StartWorkerAsync();
        await Letters.StartOpsAsync();

        var (_, other) = await Letters.AskAsync("POST", "dead-letters/replays", new { q = "JO-", reason = "of others" });
        await Letters.JobIsAsync(other.GetProperty("id").GetGuid(), "Done");
        if (meanwhile == "pause")
        {
            Assert.Equal("Paused", (await Letters.GetAsync($"jobs/{id}")).GetProperty("state").GetString());
            await ActAsync(id, "resume");
        }
        if (meanwhile == "cancel")
        {
            var cancelled = await ArrivedAsync(id);
            Assert.Equal(("Cancelled", 3), (cancelled.GetProperty("state").GetString(), cancelled.GetProperty("skipped").GetInt32()));
            return;
        }
        var done = await Letters.JobIsAsync(id, "Done");
        Assert.Equal(
            (3, 0),
            (done.GetProperty("done").GetInt32() + done.GetProperty("skipped").GetInt32(), done.GetProperty("failed").GetInt32())
        );
        for (var number = 1; number <= 3; number++)
            await System.OrderIsAsync($"JD-{number}", "Issued");
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task A_decision_that_waits_for_its_answer_longer_than_a_lease_stays_with_its_process()
    {
        await System.Issuer.ScriptAsync(new { times = 3, answer = new { status = 500 } });
        await System.Commerce.CompleteAsync(Commerce.Order("JL-1"));
        await System.OrderIsAsync("JL-1", "Suspended");
        await System.Applications[0].KillAsync();
        var id = await Letters.RetrySuspendedAsync("the issuer is back");
        await Eventually.SeeAsync(() => BegunAsync(id), begun => begun == 1, "the decision to be asked for");
        var owner = await OwnerAsync();

        await Eventually.SeeAsync(
            () =>
                System.Database.ScalarAsync<long>(
                    $"""
                    SELECT count(*) FROM job WHERE id = '{id}' AND lease_until > now() + interval '5 seconds'
                        AND created_at < now() - interval '20 seconds'
                    """
                ),
            held => held == 1,
            "its lease to be renewed"
        );
        Assert.Equal(owner, await OwnerAsync());

        Task<string?> OwnerAsync() => System.Database.ScalarAsync<string>($"SELECT lease_owner::text FROM job WHERE id = '{id}'");
    }

    Task<(HttpStatusCode Status, JsonElement Body)> ActAsync(Guid id, string act) =>
        Letters.AskAsync("POST", $"jobs/{id}/{act}", new { reason = "for a while" });

    /// <summary>Waits until nothing of the job is on its way.</summary>
    Task<JsonElement> ArrivedAsync(Guid id) =>
        Eventually.SeeAsync(
            () => Letters.GetAsync($"jobs/{id}"),
            now => now.GetProperty("sent").GetInt32() == 0,
            "what was on its way to arrive"
        );

    Task<long> BegunAsync(Guid id) =>
        System.Database.ScalarAsync<long>($"SELECT count(*) FROM job_item WHERE job_id = '{id}' AND sent_at IS NOT NULL");

    /// <summary>Valid orders that a worker gave up for a defect of its own, as it would have put them into the dead letters.</summary>
    async Task GivenUpAsync(string prefix, int count)
    {
        for (var number = 1; number <= count; number++)
        {
            var headers = new Dictionary<string, object?>
            {
                ["loyalty-kind"] = "failed",
                ["loyalty-endpoint"] = "loyalty.issuance",
                ["loyalty-exchange"] = "commerce.order-completed",
                ["loyalty-reason"] = "InvalidOperationException: a defect",
                ["loyalty-exception"] = "System.InvalidOperationException",
                ["loyalty-at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            };
            await System.Commerce.PublishAsync(
                "loyalty.dead-letters",
                JsonSerializer.SerializeToUtf8Bytes(Commerce.Order($"{prefix}-{number}", $"8{number:D9}2")),
                $"event-of-{prefix}-{number}",
                headers: headers
            );
        }
        await Eventually.SeeAsync(
            () =>
                System.Database.ScalarAsync<long>($"SELECT count(*) FROM dead_letter WHERE state = 'Open' AND order_id LIKE '{prefix}-%'"),
            taken => taken == count,
            $"{count} dead letters",
            TimeSpan.FromSeconds(60)
        );
    }
}

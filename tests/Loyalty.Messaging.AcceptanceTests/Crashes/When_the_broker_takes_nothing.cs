using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// Short of memory or disk the broker delivers, and takes nothing from those who publish. Nobody says meanwhile that he is well, nobody
/// waits for ever, nothing is lost or given up, and afterwards everybody goes on by himself.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_the_broker_takes_nothing
{
    const int Orders = 12;

    [Fact]
    public async Task Nothing_is_lost_and_everybody_goes_on_by_himself()
    {
        var workers = new Dictionary<string, string>
        {
            // Everything goes by the broker, and little of it at a time, so that some is left in the queues when it begins.
            ["RabbitMq__InProcess"] = "false",
            ["RabbitMq__Prefetch"] = "4",
            ["RabbitMq__ConsumerPatience"] = "00:00:15",
            ["Outbox__MaxAttempts"] = "1",
            ["Outbox__AgeLimit"] = "00:00:06",
        };
        await using var letters = await LetterSystem.StartAsync(worker: workers);
        var system = letters.System;
        await system.Database.RunAsync(
            """
            CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$;
            CREATE TRIGGER slowly BEFORE INSERT ON issuance FOR EACH ROW EXECUTE FUNCTION slowly()
            """
        );
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 1000 } });
        var cost = new OutageCost(system.Applications);
        await GoThroughAsync(letters, cost, Shortage.Memory, TimeSpan.FromSeconds(5));
        // For longer than a queue is left alone whose messages wait while none begins.
        await GoThroughAsync(letters, cost, Shortage.Disk, TimeSpan.FromSeconds(24));

        await Agreement.HoldsAsync(system);
        Assert.Equal(2 * (Orders + 1), (await system.Issuer.LedgerAsync()).Count);
        Assert.Equal(2, system.DeadLetters.All.Count);
        Assert.DoesNotContain("none has begun", system.Applications[0].Output, StringComparison.Ordinal);
        cost.WasKept();
    }

    static async Task GoThroughAsync(LetterSystem letters, OutageCost cost, Shortage shortage, TimeSpan lasts)
    {
        var system = letters.System;
        await letters.BreakAsync($"{shortage}-L");
        await system.Commerce.CompleteAsync(Commerce.Order($"{shortage}-L"));
        await letters.OpenAsync(1);
        await letters.MendAsync();
        for (var number = 0; number < Orders; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"{shortage}-{number}", $"8008{(int)shortage}{number:000000}"));

        JsonElement job;
        await Servers.Current.BeginShortageAsync(shortage);
        try
        {
            cost.Closed();
            await Readiness.IsAsync(false, letters.Worker, $"{shortage}: the worker to say no");
            await Readiness.IsAsync(false, letters.Ops, $"{shortage}: ops to say no");
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RetryAsync(letters, shortage)).Status);
            (var accepted, job) = await letters.AskAsync("POST", "dead-letters/replays", new { all = true, reason = "mended" });
            Assert.Equal(HttpStatusCode.Accepted, accepted);
            Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 5);
            await Task.Delay(lasts, TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.Equal(0, (await letters.GetAsync($"jobs/{JobOf(job)}")).GetProperty("done").GetInt32());
            Assert.All(system.Applications, application => Assert.False(application.HasExited, application.Output));
            cost.Opened();
        }
        finally
        {
            await Servers.Current.EndShortageAsync(shortage);
        }

        await Readiness.IsAsync(true, letters.Worker, $"{shortage}: the worker to be ready again");
        await Readiness.IsAsync(true, letters.Ops, $"{shortage}: ops to be ready again");
        await Eventually.SeeAsync(
            () =>
                system.Database.ScalarAsync<long>(
                    $"SELECT count(*) FROM issuance WHERE current_state = 'Issued' AND order_id LIKE '{shortage}-%'"
                ),
            issued => issued == Orders + 1,
            $"{shortage}: every order issued",
            Readiness.Soon
        );
        await letters.JobIsAsync(JobOf(job), "Done", within: Readiness.Soon);
        // Its order is settled and says so.
        await Eventually.SeeAsync(
            async () => (await RetryAsync(letters, shortage)).Status,
            answer => answer == HttpStatusCode.Conflict,
            "a worker to answer ops",
            Readiness.Soon
        );
        cost.Recovered();
        Assert.Equal(0, await system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"));
    }

    static Task<(HttpStatusCode Status, JsonElement Body)> RetryAsync(LetterSystem letters, Shortage shortage) =>
        letters.AskAsync("POST", $"orders/{shortage}-0/retry", new { reason = "to see whether somebody answers" });

    static Guid JobOf(JsonElement job) => job.GetProperty("id").GetGuid();
}

using Loyalty.Messaging.AcceptanceTests.Crashes;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Lanes;

/// <summary>
/// Several workers, an issuer that takes its time and counts two calls of one collector at once as a breach: whatever becomes of a worker,
/// its lanes go to others only when nothing of them is under way.
/// </summary>
public sealed class When_workers_share_the_lanes
{
    const int Orders = 30;
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    const string LongCall = "I-L-6";

    [Fact]
    public async Task Shares_differ_by_one_at_most_whoever_comes_and_goes()
    {
        await using var system = await CreateAsync(lanes: 16);
        var first = await system.StartWorkerAsync();
        await SharesAsync(system, 16);
        var second = await system.StartWorkerAsync();
        await SharesAsync(system, 8, 8);
        await system.StartWorkerAsync();
        await SharesAsync(system, 5, 5, 6);
        await first.StopAsync();
        Assert.Equal(0, first.ExitCode);
        await SharesAsync(system, 8, 8);
        await second.KillAsync();
        await SharesAsync(system, 16);
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("cut off from the database")]
    [InlineData("cut off from the broker")]
    [InlineData("cut off from both")]
    public async Task A_collectors_calls_go_on_elsewhere_and_never_two_at_once_when_their_worker_is(string what)
    {
        await using var system = await CreateAsync(lanes: 1);
        var settings = system.WorkerSettings();
        var database = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        await using var toDatabase = new Wire(database.Host!, database.Port);
        await using var toBroker = new Wire(system.Vhost.Uri.Host, system.Vhost.Uri.Port);
        var (owner, address) = system.LaunchWorker(
            new Dictionary<string, string>(settings)
            {
                ["ConnectionStrings__Loyalty"] = new NpgsqlConnectionStringBuilder(database.ConnectionString)
                {
                    Host = "127.0.0.1",
                    Port = toDatabase.Port,
                }.ConnectionString,
                ["RabbitMq__Uri"] = new UriBuilder(system.Vhost.Uri) { Host = "127.0.0.1", Port = toBroker.Port }.Uri.ToString(),
            }
        );
        await owner.ReadyAsync(new Uri(address, "/health/ready"));
        await SharesAsync(system, 1);
        await system.StartWorkerAsync();
        await system.StartWorkerAsync();

        await PublishAsync(system, 0, Orders);
        await EffectsAsync(system, 5, "the first calls");
        await Eventually.SeeAsync(
            () => system.Issuer.AttemptsAsync(LongCall),
            attempts => attempts.Count > 0,
            "the call that takes long",
            Soon
        );
        switch (what)
        {
            case "stopped":
                await owner.StopAsync();
                break;
            case "killed":
                await owner.KillAsync();
                break;
            case "frozen":
                owner.Freeze();
                break;
            default:
                if (what is "cut off from the database" or "cut off from both")
                    toDatabase.Cut();
                if (what is "cut off from the broker" or "cut off from both")
                    toBroker.Cut();
                break;
        }
        await OwnedByAnotherAsync(system, owner);
        // What the first one has fetched may stay with it: these are the other's from the beginning.
        await PublishAsync(system, Orders, Orders);
        await EffectsAsync(system, (await system.Issuer.LedgerAsync()).Count + 2, "calls by another");

        if (what == "frozen")
            owner.Thaw();
        // Nothing waits for somebody to mend it: what the cut off one has taken since, others get.
        await EffectsAsync(system, 2 * Orders, "every call");
        var returns = what.StartsWith("cut off", StringComparison.Ordinal);
        if (returns)
            await Readiness.IsAsync(false, address, "the worker to say no");
        toDatabase.Mend();
        toBroker.Mend();
        if (returns)
        {
            // The others have had its work all the while. A connection that hangs is given up by turns, and looked for again by turns.
            await Readiness.IsAsync(true, address, "the worker to be ready", TimeSpan.FromSeconds(90));
            await ConsumersAsync(system, 3);
        }
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    /// <summary>Leases go by the database's clock, and what a worker measures by one that only goes forward.</summary>
    [Fact]
    public async Task A_worker_whose_clock_jumps_keeps_its_lanes_and_goes_on()
    {
        await using var system = await CreateAsync(lanes: 1);
        using var clock = JumpingClock.OfThisMachine();
        Assert.SkipWhen(clock is null, "libfaketime is not on this machine");
        var (worker, address) = system.LaunchWorker(clock.With(system.WorkerSettings()));
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        await SharesAsync(system, 1);
        await system.StartWorkerAsync();
        var owner = await system.Database.ScalarAsync<string>("SELECT owner FROM lane");
        var published = 0;
        foreach (var ahead in new[] { TimeSpan.Zero, TimeSpan.FromHours(3), TimeSpan.FromHours(-3), TimeSpan.Zero })
        {
            clock.Jump(ahead);
            await PublishAsync(system, published, Orders / 2);
            published += Orders / 2;
            await EffectsAsync(system, published, $"every call with a clock {ahead} ahead");
            Assert.Equal(owner, await system.Database.ScalarAsync<string>("SELECT owner FROM lane"));
        }
        using var http = new HttpClient();
        using var ready = await http.GetAsync(new Uri(address, "/health/ready"), TestContext.Current.CancellationToken);
        Assert.True(ready.IsSuccessStatusCode);
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    [Fact]
    public async Task A_rolling_update_under_load_makes_no_two_calls_at_once_and_nothing_waits_long()
    {
        await using var system = await CreateAsync(lanes: 16);
        var workers = new List<Application>
        {
            await system.StartWorkerAsync(),
            await system.StartWorkerAsync(),
            await system.StartWorkerAsync(),
        };
        await SharesAsync(system, 5, 5, 6);
        var published = 0;
        foreach (var worker in workers)
        {
            await PublishAsync(system, published, Orders);
            await EffectsAsync(system, published + 5, "calls");
            published += Orders;
            var stopping = worker.StopAsync();
            await system.StartWorkerAsync();
            await stopping;
            Assert.Equal(0, worker.ExitCode);
            await EffectsAsync(system, published, "every call");
        }
        await SharesAsync(system, 5, 5, 6);
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    static async Task<LoyaltySystem> CreateAsync(int lanes)
    {
        var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__Partitions"] = $"{lanes}";
        // The lease is five seconds longer.
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        // One call of the collector's takes so long that whoever is given its lane meanwhile begins the next.
        await system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = LongCall }, answer = new { delay = 1900 } },
            new { times = (int?)null, answer = new { delay = 200 } }
        );
        return system;
    }

    /// <summary>Half of them of one collector.</summary>
    static async Task PublishAsync(LoyaltySystem system, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"L-{number}", number % 2 == 0 ? "80085102028" : $"8009{number:0000000}"));
    }

    /// <summary>However long all of them take, none waits long for the one before.</summary>
    static async Task EffectsAsync(LoyaltySystem system, int count, string what)
    {
        var seen = (await system.Issuer.LedgerAsync()).Count;
        while (seen < count)
            seen = (
                await Eventually.SeeAsync(system.Issuer.LedgerAsync, ledger => ledger.Count > seen, $"{what}, {seen} of {count}", Soon)
            ).Count;
    }

    static Task SharesAsync(LoyaltySystem system, params string[] shares) =>
        Eventually.SeeAsync(
            () =>
                system.Database.ColumnAsync(
                    """
                    SELECT count(*) FROM lane l JOIN worker_pulse p ON p.worker = l.owner AND p.lanes_until > now() GROUP BY l.owner
                        ORDER BY 1
                    """
                ),
            seen => seen.SequenceEqual(shares),
            $"shares of {string.Join(", ", shares)}",
            Soon
        );

    static Task SharesAsync(LoyaltySystem system, params int[] shares) => SharesAsync(system, [.. shares.Select(share => $"{share}")]);

    static Task ConsumersAsync(LoyaltySystem system, int count) =>
        Eventually.SeeAsync(
            async () =>
                (await system.Vhost.QueuesAsync())
                    .EnumerateArray()
                    .Where(queue => queue.GetProperty("name").GetString() is "loyalty.issuance" or "loyalty.reversal")
                    .Select(queue => queue.TryGetProperty("consumers", out var consumers) ? consumers.GetInt32() : 0)
                    .ToList(),
            seen => seen.TrueForAll(consumers => consumers == count),
            $"{count} consumers of each saga",
            Soon
        );

    static Task OwnedByAnotherAsync(LoyaltySystem system, Application owner) =>
        Eventually.SeeAsync(
            () => system.Database.ScalarAsync<string>("SELECT owner FROM lane"),
            seen => seen is not null && !seen.Contains($":{owner.ProcessId}:", StringComparison.Ordinal),
            "another owner",
            Soon
        );
}

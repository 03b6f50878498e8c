using System.Net;
using System.Net.Http.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// The broker is there and does not let us in, or not where we have to be: nothing stops for good, and nobody says that he is well while he
/// is not.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_the_broker_refuses_us
{
    readonly string _user = $"worker-{Guid.NewGuid():N}";

    [Theory]
    [InlineData(Refusal.Password)]
    [InlineData(Refusal.Right)]
    [InlineData(Refusal.VirtualHost)]
    public async Task Everybody_goes_on_by_himself(Refusal refusal)
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["Timing__RetryDelays"] = "00:00:20";
        try
        {
            var (_, address) = await StartAsync(system);
            var ops = await system.StartOpsAsync();
            await PublishAsync(system, 0, 20);
            await IssuedAsync(system, 20);
            // What has been told was told, and what waits in the outbox is all that there is.
            await system.QuietAsync();
            await system.Issuer.FailAsync("I-B-TIMER");
            await system.Commerce.CompleteAsync(Commerce.Order("B-TIMER", "80081234567"));
            await Eventually.SeeAsync(
                () => system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE scheduled"),
                timers => timers == 1,
                "a timer"
            );
            await HeardAsync(system, 20);
            var cost = new OutageCost(system.Applications);

            cost.Closed();
            await RefuseAsync(system, refusal);
            await Readiness.IsAsync(false, address, "the worker to say no");
            await Readiness.IsAsync(false, ops, "ops to say no");
            if (refusal != Refusal.VirtualHost)
                await PublishAsync(system, 20, 20);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await DecideAsync(ops));
            // Longer than MassTransit waits before it tries for the second time.
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
            cost.Opened();
            await LetInAsync(system, refusal);

            await Readiness.IsAsync(true, address, "the worker to be ready again");
            await Readiness.IsAsync(true, ops, "ops to be ready again");
            if (refusal == Refusal.VirtualHost)
                await PublishAsync(system, 20, 20);
            await IssuedAsync(system, 41);
            await Eventually.SeeAsync(
                () => UnconsumedAsync(system),
                queues => queues.Count == 0,
                "a consumer on every queue",
                Readiness.Soon
            );
            await Eventually.SeeAsync(
                () => DecideAsync(ops),
                answer => answer == HttpStatusCode.Conflict,
                "a worker to answer ops",
                Readiness.Soon
            );
            cost.Recovered();
            Assert.All(system.Applications, application => Assert.False(application.HasExited, application.Output));
            await Agreement.HoldsAsync(system);
            Assert.Empty(system.DeadLetters.All);
            cost.WasKept();
        }
        finally
        {
            await EndAsync(system);
        }
    }

    [Fact]
    public async Task A_worker_that_cannot_consume_one_queue_says_so_and_ends_for_its_supervisor()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__ConsumerPatience"] = "00:00:10";
        try
        {
            var (worker, address) = await StartAsync(system);
            // All but the refunds.
            await system.Vhost.PermitAsync(_user, "^(?!loyalty\\.reversal$).*");
            await system.Vhost.CloseConnectionsOfAsync(_user);

            await Readiness.IsAsync(false, address, "the worker to say no");
            Assert.Equal(75, await worker.ExitAsync(TimeSpan.FromSeconds(90)));
            Assert.Contains("loyalty.reversal", worker.Output, StringComparison.Ordinal);
        }
        finally
        {
            await EndAsync(system);
        }
    }

    /// <summary>That something cannot be told stops nothing: messages go as long as nobody knows that they do not.</summary>
    [Fact]
    public async Task A_worker_that_may_not_try_whether_messages_are_taken_says_so_and_sends_them()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        try
        {
            await (await StartAsync(system)).Worker.StopAsync();
            await system.Vhost.PermitAsync(_user, ".*", "^(?!loyalty-answers-nowhere$).*");
            var (worker, address) = system.LaunchWorker(system.WorkerSettings());
            await PublishAsync(system, 0, 20);
            await IssuedAsync(system, 20);
            await system.QuietAsync();
            Assert.Equal(0, await system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE attempts > 0"));
            await Readiness.IsAsync(false, address, "the worker to say no");
            Assert.Single(
                worker.Output.Split('\n'),
                line => line.Contains("may not declare exchange loyalty-answers-nowhere", StringComparison.Ordinal)
            );

            await system.Vhost.PermitAsync(_user, ".*");
            await Readiness.IsAsync(true, address, "the worker to be ready");
            await Agreement.HoldsAsync(system);
        }
        finally
        {
            await EndAsync(system);
        }
    }

    async Task<(Application Worker, Uri Address)> StartAsync(LoyaltySystem system)
    {
        await system.Vhost.AddUserAsync(_user, "first");
        system.Settings["RabbitMq__Uri"] = new UriBuilder(system.Vhost.Uri) { UserName = _user, Password = "first" }.Uri.ToString();
        var (worker, address) = system.LaunchWorker(system.WorkerSettings());
        await Readiness.IsAsync(true, address, "the worker to be ready");
        return (worker, address);
    }

    async Task EndAsync(LoyaltySystem system)
    {
        foreach (var application in system.Applications)
            await application.KillAsync();
        await system.Vhost.RemoveUserAsync(_user);
    }

    async Task RefuseAsync(LoyaltySystem system, Refusal refusal)
    {
        if (refusal == Refusal.VirtualHost)
        {
            await system.Vhost.RemoveAsync();
            return;
        }
        if (refusal == Refusal.Right)
            await system.Vhost.ForbidAsync(_user);
        else
            await system.Vhost.AddUserAsync(_user, "another");
        await system.Vhost.CloseConnectionsOfAsync(_user);
    }

    async Task LetInAsync(LoyaltySystem system, Refusal refusal)
    {
        if (refusal == Refusal.VirtualHost)
        {
            // Whoever listens is there before there is something to hear.
            await system.Vhost.AddAsync();
            await system.Events.ReconnectAsync();
            await system.DeadLetters.ReconnectAsync();
        }
        await system.Vhost.AddUserAsync(_user, "first");
    }

    /// <summary>A decision that its order refuses, when somebody asks it.</summary>
    static async Task<HttpStatusCode> DecideAsync(Uri ops)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.PostAsJsonAsync(new Uri(ops, "/api/v1/orders/B-0/retry"), new { reason = "to see who answers" });
        return answer.StatusCode;
    }

    static Task<int> HeardAsync(LoyaltySystem system, int count) =>
        Eventually.SeeAsync(
            () => Task.FromResult(system.Events.From("loyalty.miles-issued").Count()),
            heard => heard >= count,
            $"{count} orders told"
        );

    static async Task<List<string>> UnconsumedAsync(LoyaltySystem system) =>
        [
            .. (await system.Vhost.QueuesAsync())
                .EnumerateArray()
                .Where(queue => !queue.TryGetProperty("consumers", out var consumers) || consumers.GetInt32() == 0)
                .Select(queue => queue.GetProperty("name").GetString()!)
                .Where(name => name.StartsWith("loyalty.", StringComparison.Ordinal) && name != "loyalty.dead-letters"),
        ];

    static Task<long> IssuedAsync(LoyaltySystem system, int count) =>
        Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == count,
            $"{count} orders issued",
            Readiness.Soon
        );

    static async Task PublishAsync(LoyaltySystem system, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"B-{number}", $"8008{number:0000000}"));
    }
}

/// <summary>What is changed for worker and ops, and then changed back. What was in a virtual host is gone; the outbox is not.</summary>
public enum Refusal
{
    Password,
    Right,
    VirtualHost,
}

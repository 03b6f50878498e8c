using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>The broker is there and lets us not in, or not where we have to be: nothing stops for good, and nothing says that it is well while it is not.</summary>
public sealed class When_the_broker_refuses_us
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    readonly string _user = $"worker-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("another password")]
    [InlineData("no right")]
    public async Task Everything_consumes_again_by_itself(string refusal)
    {
        await using var system = await LoyaltySystem.CreateAsync();
        try
        {
            var (worker, address) = await StartAsync(system);
            await PublishAsync(system, 0, 20);
            await IssuedAsync(system, 20);

            if (refusal == "no right")
                await system.Vhost.ForbidAsync(_user);
            else
                await system.Vhost.AddUserAsync(_user, "another");
            await system.Vhost.CloseConnectionsOfAsync(_user);
            await ReadyAsync(address, false, "the worker to say no");
            await PublishAsync(system, 20, 20);
            // Longer than MassTransit waits before it tries for the second time.
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
            await system.Vhost.AddUserAsync(_user, "first");

            await ReadyAsync(address, true, "the worker to be ready again");
            await IssuedAsync(system, 40);
            await Eventually.SeeAsync(() => UnconsumedAsync(system), queues => queues.Count == 0, "a consumer on every queue", Soon);
            Assert.False(worker.HasExited, worker.Output);
            await Agreement.HoldsAsync(system);
            Assert.Empty(system.DeadLetters.All);
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

            await ReadyAsync(address, false, "the worker to say no");
            Assert.Equal(75, await worker.ExitAsync(TimeSpan.FromSeconds(90)));
            Assert.Contains("loyalty.reversal", worker.Output, StringComparison.Ordinal);
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
        await ReadyAsync(address, true, "the worker to be ready");
        return (worker, address);
    }

    async Task EndAsync(LoyaltySystem system)
    {
        foreach (var application in system.Applications)
            await application.KillAsync();
        await system.Vhost.RemoveUserAsync(_user);
    }

    static async Task<List<string>> UnconsumedAsync(LoyaltySystem system) => [.. (await system.Vhost.QueuesAsync()).EnumerateArray()
        .Where(queue => queue.GetProperty("name").GetString() is { } name && name.StartsWith("loyalty.", StringComparison.Ordinal) && name != "loyalty.dead-letters")
        .Where(queue => !queue.TryGetProperty("consumers", out var consumers) || consumers.GetInt32() == 0).Select(queue => queue.GetProperty("name").GetString()!)];

    static Task<long> IssuedAsync(LoyaltySystem system, int count) =>
        Eventually.SeeAsync(() => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"), issued => issued == count, $"{count} orders issued", Soon);

    static async Task ReadyAsync(Uri address, bool ready, string what)
    {
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await http.GetAsync(new Uri(address, "/health/ready"));
            return answer.IsSuccessStatusCode == ready;
        }, what, Soon);
    }

    static async Task PublishAsync(LoyaltySystem system, int from, int count)
    {
        for (var number = from; number < from + count; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"B-{number}", $"8008{number:0000000}"));
    }
}

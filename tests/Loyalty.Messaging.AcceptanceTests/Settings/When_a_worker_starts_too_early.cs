using System.Net;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Settings;

/// <summary>
/// Programs start in any order. A worker that is too early says what it waits for, stays alive, loses nothing, and needs no second start.
/// </summary>
public sealed class When_a_worker_starts_too_early
{
    [Fact]
    public async Task Before_the_database_is_migrated_it_names_the_command_and_events_wait_for_it()
    {
        await using var system = await LoyaltySystem.CreateAsync(migrated: false);
        var (worker, address) = system.LaunchWorker(system.WorkerSettings());
        await NotReadyAsync(address, "database", "loyalty migrate");
        // Its queues are there already: what commerce publishes is kept.
        await TakenAsync(() => system.Commerce.CompleteAsync(Commerce.Order("EARLY-1", "80073000010")));
        await TakenAsync(() => system.Commerce.RefundAsync(Commerce.Refund("EARLY-F1", "EARLY-1")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(address, "/health/ready"));
        Assert.Empty(await system.Issuer.AttemptsAsync());

        await system.MigrateAsync();
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        await system.OrderIsAsync("EARLY-1", "Issued");
        await system.RefundIsAsync("EARLY-F1", "Reversed");
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
        Assert.Equal(0, (await system.Vhost.DepthsAsync())["loyalty.dead-letters"]);
    }

    [Fact]
    public async Task Before_its_vhost_exists_it_says_so_and_goes_on_when_it_does()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        await system.Vhost.RemoveAsync();
        var (worker, address) = system.LaunchWorker(system.WorkerSettings());
        var said = await NotReadyAsync(address, "topology", "The broker cannot be reached or refuses us");
        Assert.Contains("vhost", said, StringComparison.Ordinal);
        Assert.DoesNotContain("guest:", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(address, "/health/live"));

        await system.Vhost.AddAsync();
        await system.Events.ReconnectAsync();
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        await system.Commerce.CompleteAsync(Commerce.Order("EARLY-2", "80073000020"));
        await system.OrderIsAsync("EARLY-2", "Issued");
        await Agreement.HoldsAsync(system);
    }

    /// <summary>Publishes until a queue takes it: before, the broker gives it back, and a publisher knows.</summary>
    static Task TakenAsync(Func<Task> publish) =>
        Eventually.TrueAsync(
            async () =>
            {
                await publish();
                return true;
            },
            "a queue that takes the event"
        );

    /// <summary>Waits until the worker answers, and says of the named check what is to be done.</summary>
    static async Task<string> NotReadyAsync(Uri address, string check, string sentence)
    {
        using var http = new HttpClient();
        return await Eventually.SeeAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri(address, "/health/ready"));
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                var checks = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("checks");
                return checks.GetProperty(check).GetProperty("description").GetString() ?? "";
            },
            text => text.Contains(sentence, StringComparison.Ordinal),
            $"the check '{check}' to say: {sentence}"
        );
    }

    static async Task<HttpStatusCode> StatusAsync(Uri address, string path)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(address, path));
        return answer.StatusCode;
    }
}

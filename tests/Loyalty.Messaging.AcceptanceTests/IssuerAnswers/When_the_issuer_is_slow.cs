using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>
/// Orders come faster than the issuer answers: what waits, waits at the broker, where everybody sees it, and not in a worker's memory.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_the_issuer_is_slow
{
    const int Orders = 100;

    [Fact]
    public async Task A_worker_holds_four_deliveries_for_each_call_under_way_and_as_many_without_the_broker()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__Partitions"] = "2";
        system.Settings["AirMiles__MaxConcurrency"] = "4";
        const int mostInHand = 2 * 4 * 4;
        await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 2000 } });
        for (var number = 0; number < Orders; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"S-{number}", $"8222{number:0000000}"));

        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance"),
            taken => taken == Orders,
            "every order taken"
        );
        await Eventually.SeeAsync(
            async () => (Issued: await IssuedAsync(system), Waiting: await WaitingAsync(system)),
            seen => seen.Waiting > 0 && seen.Issued + seen.Waiting >= Orders - mostInHand,
            "what is neither answered nor in hand to wait at the broker"
        );

        await system.Issuer.ForgetScriptsAsync();
        await Eventually.SeeAsync(() => IssuedAsync(system), issued => issued == Orders, "every order issued", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
        // What took so long that a copy of it went to the broker is not called for once more.
        await system.QuietAsync();
        Assert.InRange((await system.Issuer.AttemptsAsync()).Count, Orders, (int)(Orders * 1.02));
    }

    [Fact]
    public async Task Collectors_do_not_wait_for_each_other()
    {
        const int collectors = 60;
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__MaxConcurrency"] = "64";
        system.Settings["AirMiles__AttemptTimeout"] = "00:01:00";
        await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(
            new
            {
                times = (int?)null,
                answer = new
                {
                    kind = "never",
                    status = 200,
                    effect = "before",
                },
            }
        );
        for (var number = 0; number < collectors; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"N-{number}", $"8223{number:0000000}"));

        // A call for every collector is under way.
        await system.Issuer.HoldsAsync(collectors);

        await system.Issuer.ForgetScriptsAsync();
        await system.Issuer.ReleaseAsync();
        await Eventually.SeeAsync(
            () => IssuedAsync(system),
            issued => issued == collectors,
            "every order issued",
            TimeSpan.FromSeconds(60)
        );
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    static Task<long> IssuedAsync(LoyaltySystem system) =>
        system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'");

    static async Task<int> WaitingAsync(LoyaltySystem system) =>
        (await system.Vhost.DepthsAsync())
            .Where(queue => queue.Key.StartsWith("loyalty.issuer-", StringComparison.Ordinal))
            .Sum(queue => queue.Value);
}

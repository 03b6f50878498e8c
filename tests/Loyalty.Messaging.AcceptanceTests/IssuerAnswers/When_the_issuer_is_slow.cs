using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>Orders come faster than the issuer answers: what waits, waits at the broker, where everybody sees it, and not in a worker's memory.</summary>
public sealed class When_the_issuer_is_slow
{
    const int Orders = 100;

    [Fact]
    public async Task A_worker_holds_four_deliveries_of_the_issuer_queues_for_each_call_that_may_be_under_way_and_as_many_without_the_broker()
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
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance"), taken => taken == Orders, "every order taken");
        var answered = await system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'");
        await Eventually.SeeAsync(
            async () => (await system.Vhost.DepthsAsync()).Where(queue => queue.Key.StartsWith("loyalty.issuer", StringComparison.Ordinal)).Sum(queue => queue.Value),
            waiting => waiting >= Orders - answered - mostInHand - 8, "the rest at the broker");

        await system.Issuer.ForgetScriptsAsync();
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"), issued => issued == Orders, "every order issued", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }
}

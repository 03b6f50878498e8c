using System.Diagnostics;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.SlowIssuer;

/// <summary>
/// Half as much again as the places can do. A measurement: it belongs to no part that runs beside another, where it would measure the
/// machine.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_more_is_asked_than_the_issuer_can_do
{
    [Fact]
    public async Task Every_place_is_used_nothing_is_called_for_twice_and_soon_all_is_as_before()
    {
        const int places = 8;
        const int seconds = 20;
        const int orders = seconds * places * 3 / 2;
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__MaxConcurrency"] = $"{places}";
        await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 1000 } });

        var clock = Stopwatch.StartNew();
        for (var number = 0; number < orders; number++)
        {
            await system.Commerce.CompleteAsync(Commerce.Order($"T-{number}", $"8224{number:0000000}"));
            var due = TimeSpan.FromSeconds((number + 1) * (double)seconds / orders);
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed, TimeProvider.System);
        }
        var called = (await system.Issuer.AttemptsAsync()).Count;
        // The first calls come a moment after the first order, and the last ones are still under way.
        Assert.True(called >= 0.95 * places * (clock.Elapsed.TotalSeconds - 1), $"{called} calls in {clock.Elapsed} on {places} places");

        await system.Issuer.ForgetScriptsAsync();
        await Eventually.SeeAsync(() => IssuedAsync(system), issued => issued == orders, "every order issued", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
        await system.QuietAsync();
        var attempts = (await system.Issuer.AttemptsAsync()).Count;
        Assert.InRange(attempts, orders, (int)(orders * 1.02));
    }

    static Task<long> IssuedAsync(LoyaltySystem system) =>
        system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'");
}

using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>Whoever works on one message dies of it, every time. It alone is given up, after a few deaths, and its neighbours have their miles.</summary>
public sealed class When_a_message_kills_its_worker
{
    const int Neighbours = 20;

    /// <summary>Far from what makes the broker give up all that was in hand.</summary>
    const int MostDeaths = 8;

    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task It_alone_is_given_up()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        await (await system.StartWorkerAsync()).KillAsync();
        var deadly = Guid.NewGuid().ToString();
        for (var number = 0; number < Neighbours; number++)
            await system.Commerce.CompleteAsync(
                Commerce.Order($"K-{number}", $"8008{number:0000000}"), number == Neighbours / 2 ? deadly : Guid.NewGuid().ToString());

        var settings = system.WorkerSettings();
        settings["DOTNET_STARTUP_HOOKS"] = Repository.Program("Loyalty.Messaging.CrashPoints", "Loyalty.Messaging.CrashPoints");
        settings["CRASH_AT"] = "Loyalty.Messaging.Persistence/transaction.committing";
        settings["CRASH_OF"] = deadly;
        var deaths = 0;
        for (Application? worker = null; system.DeadLetters.All.Count == 0; await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            Assert.True(deaths <= MostDeaths, $"{deaths} workers have died of it");
            if (worker is { HasExited: false })
                continue;
            deaths += worker is null ? 0 : 1;
            worker = system.LaunchWorker(settings).Worker;
        }

        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == Neighbours - 1, "every other order to be issued", TimeSpan.FromSeconds(60));
        var letter = Assert.Single(system.DeadLetters.All);
        Assert.Equal(deadly, letter.MessageId);
        Assert.Equal(0, await system.Database.ScalarAsync<long>("SELECT count(*) FROM interrupted_delivery"));
    }
}

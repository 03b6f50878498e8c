using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// Whoever works on one message dies of it, every time. It alone is given up, after a few deaths, and its neighbours have their miles.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_a_message_kills_its_worker
{
    const int Neighbours = 20;

    /// <summary>Far from what makes the broker give up all that was in hand.</summary>
    const int MostDeaths = 8;

    [Fact]
    public async Task It_alone_is_given_up()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        await (await system.StartWorkerAsync()).KillAsync();
        var (id, body) = (Guid.NewGuid().ToString(), JsonSerializer.SerializeToUtf8Bytes(Commerce.Order("K-deadly", "80080000099")));
        for (var number = 0; number < Neighbours; number++)
        {
            if (number == Neighbours / 2)
                await system.Commerce.PublishAsync("commerce.order-completed", body, id);
            await system.Commerce.CompleteAsync(Commerce.Order($"K-{number}", $"8008{number:0000000}"));
        }

        var settings = system.WorkerSettings();
        settings["DOTNET_STARTUP_HOOKS"] = Repository.Program("Loyalty.Messaging.CrashPoints", "Loyalty.Messaging.CrashPoints");
        settings["CRASH_AT"] = "Loyalty.Messaging.Delivery/transaction.committing";
        // By what the worker knows a delivery of commerce's: publisher's id and bytes together.
        settings["CRASH_OF"] = new Guid(SHA256.HashData([.. Encoding.UTF8.GetBytes(id), 0, .. body]).AsSpan(0, 16)).ToString();
        var begun = new List<string>();
        var (worker, deaths) = (system.LaunchWorker(settings).Worker, 0);
        await Eventually.TrueAsync(
            async () =>
            {
                if (worker.HasExited)
                {
                    Assert.Equal(137, worker.ExitCode);
                    begun.Add(await BegunAsync(system, settings["CRASH_OF"]));
                    Assert.True(
                        ++deaths <= MostDeaths,
                        $"{deaths} workers have died of it. Begun and alone after each:\n{string.Join('\n', begun)}"
                    );
                    worker = system.LaunchWorker(settings).Worker;
                }
                return system.DeadLetters.All.Count > 0;
            },
            "the message to be given up",
            TimeSpan.FromMinutes(3)
        );

        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == Neighbours,
            "every other order to be issued",
            TimeSpan.FromSeconds(60)
        );
        var letter = Assert.Single(system.DeadLetters.All);
        Assert.Equal(id, letter.MessageId);
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM interrupted_delivery"),
            noted => noted == 0,
            "nobody to be noted as interrupted"
        );
    }

    static async Task<string> BegunAsync(LoyaltySystem system, string deadly) =>
        string.Join(
            ", ",
            await system.Database.ColumnAsync(
                $"""
                SELECT begun || '/' || alone || CASE WHEN message_id = '{deadly}' THEN ' (the deadly)' ELSE '' END
                    FROM interrupted_delivery ORDER BY 1
                """
            )
        );
}

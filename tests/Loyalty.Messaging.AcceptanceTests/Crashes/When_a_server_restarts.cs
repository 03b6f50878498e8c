using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>The broker is restarted, the database restarted or killed, in the middle of the work; the worker is not touched.</summary>
[Collection(nameof(Alone))]
public sealed class When_a_server_restarts
{
    // Not killed: on RabbitMQ 3.10 a quorum queue may stay without a leader after that until the broker is restarted once more, whatever
    // its clients do.
    [Fact]
    public async Task The_broker_loses_nothing_and_the_worker_comes_back_by_itself()
    {
        await using var system = await LoyaltySystem.StartAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 20 } });
        await PublishAsync(system, 0);
        await Servers.Current.RestartRabbitMqAsync(gently: true);
        await Eventually.TrueAsync(
            async () =>
            {
                await system.Events.ReconnectAsync();
                await system.DeadLetters.ReconnectAsync();
                return true;
            },
            "the broker to accept connections"
        );
        await PublishAsync(system, 15);
        await SettledAsync(system);
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_database_loses_nothing_and_nothing_is_given_up_while_it_is_away(bool gently)
    {
        await using var system = await LoyaltySystem.StartAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 20 } });
        await PublishAsync(system, 0);
        await Servers.Current.RestartPostgresAsync(gently);
        await PublishAsync(system, 15);
        await SettledAsync(system);
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    static async Task PublishAsync(LoyaltySystem system, int from)
    {
        for (var number = from; number < from + 15; number++)
        {
            var order = number;
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        await system.Commerce.CompleteAsync(Commerce.Order($"S-{order}", $"8008{order:0000000}"));
                        await system.Commerce.RefundAsync(Commerce.FullRefund($"SF-{order}", $"S-{order}"));
                        return true;
                    }
                    catch (Exception exception)
                        when (exception is RabbitMQ.Client.Exceptions.RabbitMQClientException or ObjectDisposedException)
                    {
                        return false;
                    }
                },
                "commerce to get its events through"
            );
        }
    }

    static Task<long> SettledAsync(LoyaltySystem system) =>
        Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM reversal WHERE current_state = 'Reversed'"),
            settled => settled == 30,
            "every refund reversed",
            TimeSpan.FromSeconds(180)
        );
}

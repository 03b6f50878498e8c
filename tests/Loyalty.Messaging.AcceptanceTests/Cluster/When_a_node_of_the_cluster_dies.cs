using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Cluster;

/// <summary>A worker that knows every node goes on at another one.</summary>
[Collection(nameof(Alone))]
public sealed class When_a_node_of_the_cluster_dies
{
    const int Orders = 20;

    [Fact]
    public async Task The_worker_that_was_connected_to_it_loses_no_message_and_fifteen_seconds_at_most()
    {
        var nodes = Servers.Current.Nodes;
        Assert.SkipWhen(nodes.Count < 3, "it takes a cluster: ./dev test --servers cluster");
        await using var system = await LoyaltySystem.CreateAsync();
        var vhost = system.Vhost.Uri;
        // Not the first one: that is where commerce is, and the management API.
        system.Settings["RabbitMq__Uri"] =
            $"{vhost.Scheme}://{vhost.UserInfo}@{string.Join(',', nodes.Skip(1).Select(node => node.Authority))}{vhost.AbsolutePath}";
        await system.StartWorkerAsync();
        await PublishAsync(system, 0);
        await IssuedAsync(system, Orders, TimeSpan.FromSeconds(60));

        var dying = await system.Vhost.NodeOfAsync("Loyalty.Messaging.Worker");
        await Servers.Current.KillNodeAsync(dying);
        try
        {
            await PublishAsync(system, Orders);
            await IssuedAsync(system, 2 * Orders, TimeSpan.FromSeconds(15));
            await Agreement.HoldsAsync(system);
            Assert.Empty(system.DeadLetters.All);
        }
        finally
        {
            await Servers.Current.StartNodeAsync(dying);
        }
    }

    static async Task PublishAsync(LoyaltySystem system, int from)
    {
        for (var number = from; number < from + Orders; number++)
        {
            var order = number;
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        await system.Commerce.CompleteAsync(Commerce.Order($"CN-{order}", $"8009{order:0000000}"));
                        return true;
                    }
                    catch (RabbitMQ.Client.Exceptions.RabbitMQClientException)
                    {
                        return false; // Refused while the queue has no leader.
                    }
                },
                "commerce to get its events through"
            );
        }
    }

    static Task IssuedAsync(LoyaltySystem system, int count, TimeSpan within) =>
        Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == count,
            $"{count} orders issued",
            within
        );
}

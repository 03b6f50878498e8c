using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Lanes;

/// <summary>
/// With another number of issuer queues a collector's calls are in another queue: that is refused while a call waits in one of those
/// before.
/// </summary>
public sealed class When_the_number_of_lanes_is_changed
{
    [Fact]
    public async Task A_worker_refuses_to_start_while_a_call_waits_and_records_the_number_when_none_does()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        system.Settings["RabbitMq__Partitions"] = "2";
        var worker = await system.StartWorkerAsync();
        await CountAsync(system, 2);
        await worker.StopAsync();
        await system.Commerce.PublishAsync("loyalty.issuer-01", "{}");

        system.Settings["RabbitMq__Partitions"] = "4";
        var (refused, _) = system.LaunchWorker(system.WorkerSettings());
        Assert.Equal(78, await refused.ExitAsync());
        Assert.Contains(
            "RabbitMq__Partitions is 4, but it is recorded as 2, and work for that number is not finished (1 in queues",
            refused.Output,
            StringComparison.Ordinal
        );
        await CountAsync(system, 2);

        await using (var connection = await system.Vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken))
            await channel.QueuePurgeAsync("loyalty.issuer-01", TestContext.Current.CancellationToken);
        await system.StartWorkerAsync();
        await CountAsync(system, 4);
        await system.Commerce.CompleteAsync(Commerce.Order("N-1"));
        await system.OrderIsAsync("N-1", "Issued");
    }

    static Task CountAsync(LoyaltySystem system, int lanes) =>
        Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM lane"),
            count => count == lanes,
            $"{lanes} lanes"
        );
}

using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// Broker and database are there, every consumer is registered, and all the same nothing goes on: the process notices and ends, and the
/// next one goes on.
/// </summary>
[Collection(nameof(Alone))]
public sealed class When_nothing_moves
{
    [Fact]
    public async Task A_delivery_that_never_ends_ends_the_process()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__DeliveryPatience"] = "00:00:10";
        system.Settings["RabbitMq__ConsumerPatience"] = "00:00:10";
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        system.Settings["CRASH_SIGNAL"] = "0";
        var hanging = await system.StartWorkerAsync("Loyalty.Messaging.AirMiles/call.sending");
        await system.Commerce.CompleteAsync(Commerce.Order("NM-1"));
        Assert.Equal(75, await hanging.ExitAsync(TimeSpan.FromSeconds(90)));
        Assert.Matches(@"Nothing in loyalty\.\S+ has finished for \d+ s, although deliveries are in work", hanging.Output);

        await system.StartWorkerAsync();
        await system.OrderIsAsync("NM-1", "Issued", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
    }

    /// <summary>Somebody else consumes the queue alone, so that ours gets nothing: the same picture as a client that hangs.</summary>
    [Fact]
    public async Task A_queue_whose_messages_do_not_begin_ends_the_process()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__ConsumerPatience"] = "00:00:10";
        system.Settings["RabbitMq__Partitions"] = "1";
        await using var connection = await system.Vhost.ConnectAsync("stranger");
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            "loyalty.issuer-00",
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = 20,
                ["x-dead-letter-exchange"] = "loyalty.dead-letters",
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
                ["x-single-active-consumer"] = true,
            }
        );
        await channel.BasicQosAsync(0, 1, global: false);
        await channel.BasicConsumeAsync("loyalty.issuer-00", autoAck: false, new AsyncEventingBasicConsumer(channel));
        var stalled = await system.StartWorkerAsync();
        foreach (var number in Enumerable.Range(1, 3))
            await system.Commerce.CompleteAsync(Commerce.Order($"NS-{number}"));

        Assert.Equal(75, await stalled.ExitAsync(TimeSpan.FromSeconds(90)));
        Assert.Contains(
            "wait in loyalty.issuer-00, which this process consumes, and none has begun",
            stalled.Output,
            StringComparison.Ordinal
        );
        await channel.CloseAsync();
        await system.StartWorkerAsync();
        foreach (var number in Enumerable.Range(1, 3))
            await system.OrderIsAsync($"NS-{number}", "Issued", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
    }
}

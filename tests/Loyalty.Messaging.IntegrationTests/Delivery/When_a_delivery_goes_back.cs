using System.Collections.Concurrent;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>The database was away for too long: the delivery ends, and its message waits in its queue as if it had just come.</summary>
public sealed class When_a_delivery_goes_back
{
    /// <summary>Nothing but its exchange says what it is, and nothing but its content which one.</summary>
    [Fact]
    public async Task An_event_without_envelope_and_id_is_the_same_event_when_it_comes_again()
    {
        await using var host = await ParcelHost.StartAsync();
        var seen = new ConcurrentQueue<(string Order, Guid? MessageId)>();
        var handle = host
            .Services.GetRequiredService<IReceiveEndpointConnector>()
            .ConnectReceiveEndpoint(
                "events",
                (_, endpoint) =>
                {
                    endpoint.UseWorkQueue(4);
                    endpoint.Subscribe(WireNames.OrderCompleted);
                    endpoint.Handler<OrderCompleted>(order =>
                    {
                        seen.Enqueue((order.Message.OrderId, order.MessageId));
                        return seen.Count == 1 ? throw new DatabaseAwayException(new TimeoutException()) : Task.CompletedTask;
                    });
                }
            );
        await handle.Ready;
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        await channel.BasicPublishAsync(
            WireNames.OrderCompleted,
            "",
            mandatory: true,
            new BasicProperties { ContentType = "application/json" },
            await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "contracts/examples/order-completed.json"))
        );

        await Eventually.SeeAsync(() => Task.FromResult(seen.Count), count => count == 2, "the event twice");
        Assert.Single(seen.Distinct());
        Assert.NotNull(seen.First().MessageId);
        await Eventually.SeeAsync(
            host.Vhost.DepthsAsync,
            depths => depths["events"] == 0 && depths["loyalty.dead-letters"] == 0,
            "the event to be done, and no dead letter"
        );
    }
}

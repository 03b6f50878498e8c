using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>
/// From memory to the broker past the bus: what goes that way arrives as through the bus, and what cannot go that way still arrives.
/// </summary>
public sealed class When_committed_messages_are_published_directly
{
    [Fact]
    public async Task They_arrive_with_the_same_headers_and_properties()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.WarmAsync();
        await host.SeeOutboxAsync();
        Assert.Equal(0, host.CountedTransport.Stored);
        Assert.All(host.Received(), deliver => deliver.AssertAsSent());
    }

    [Fact]
    public async Task What_no_queue_takes_stays_in_the_table_until_one_does()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.WarmAsync();
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueUnbindAsync("parcel-delivery", "parcel-delivery", "");
        var taken = host.CountedTransport.Captured;
        await PostAsync(host, 1, "returned");
        await Eventually.SeeAsync(
            () => Task.FromResult(host.CountedTransport.Captured),
            now => now == taken + 1,
            "a message that took the short way"
        );
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<int>("SELECT coalesce(max(attempts), 0) FROM outbox"),
            attempts => attempts > 0,
            "an attempt of the sweeper"
        );
        await channel.QueueBindAsync("parcel-delivery", "parcel-delivery", "");
        await host.SeeArrivedAsync("returned", 1);
        await host.SeeOutboxAsync();
    }

    [Fact]
    public async Task An_exchange_that_is_gone_keeps_messages_waiting_and_disturbs_no_delivery()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.WarmAsync();
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeleteAsync("parcel-delivery");
        await PostAsync(host, 20, "kept");
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<long>("SELECT count(*) FROM parcel WHERE route = 'kept'"),
            parcels => parcels == 20,
            "twenty parcels"
        );
        // The bus makes the exchange again for the next message, and only the queue has to be bound to it.
        await Eventually.SeeAsync(
            async () =>
                (await host.Vhost.ExchangesAsync())
                    .EnumerateArray()
                    .Any(exchange => exchange.GetProperty("name").GetString() == "parcel-delivery"),
            made => made,
            "the exchange"
        );
        await channel.QueueBindAsync("parcel-delivery", "parcel-delivery", "");
        await host.SeeArrivedAsync("kept", 20);
        await host.SeeOutboxAsync();
        Assert.Equal(0, await host.Database.ScalarAsync<long>("SELECT count(*) FROM journal WHERE redelivered"));
        await host.WarmAsync();
    }

    [Fact]
    public async Task A_connection_that_is_lost_loses_no_message_and_is_made_again()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.WarmAsync();
        await PostAsync(host, 100, "good");
        await host.Vhost.CloseConnectionsAsync("loyalty-outbox");
        await PostAsync(host, 100, "good");
        await host.SeeArrivedAsync("good", 200);
        await host.SeeOutboxAsync();
        await host.WarmAsync();
    }

    static async Task PostAsync(ParcelHost host, int count, string route)
    {
        for (var parcel = 0; parcel < count; parcel++)
            await host.SendAsync(new Posted(NewId.NextGuid(), route));
    }
}

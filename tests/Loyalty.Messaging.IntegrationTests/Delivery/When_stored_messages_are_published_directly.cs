using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>
/// From the table to the broker past the bus: what goes that way arrives as through the bus, and what cannot go that way still arrives.
/// </summary>
public sealed class When_stored_messages_are_published_directly
{
    const string Exchange = "parcel-delivery";

    [Fact]
    public async Task They_arrive_with_the_same_headers_and_properties()
    {
        await using var host = await ParcelHost.StartAsync();
        // Messages of the bus outbox are the sweeper's at once: the first goes through the bus, and soon one does not.
        var sent = 0;
        await Eventually.SeeAsync(
            async () =>
            {
                await using (var scope = host.Services.CreateAsyncScope())
                {
                    var endpoint = await scope
                        .ServiceProvider.GetRequiredService<ISendEndpointProvider>()
                        .GetSendEndpoint(new Uri($"exchange:{Exchange}"));
                    await endpoint.Send(
                        new Deliver(NewId.NextGuid(), "stored"),
                        send =>
                        {
                            send.Headers.Set("X-Text", "käse & \"wine\"");
                            send.Headers.Set("X-Number", 42);
                            send.TimeToLive = TimeSpan.FromMinutes(7);
                            send.SetPriority(5);
                        }
                    );
                    await scope.ServiceProvider.GetRequiredService<ParcelDbContext>().SaveChangesAsync();
                }
                sent++;
                await host.SeeOutboxAsync();
                return host.CountedTransport.Stored;
            },
            taken => taken > 0,
            "a message that took the short way"
        );
        await host.SeeArrivedAsync("stored", sent);
        Assert.All(host.Received(), deliver => deliver.AssertAsSent());
    }

    [Theory]
    [InlineData("traced", "MT-Activity-Id", "'00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'")]
    [InlineData("with a header that only the bus can write", "X-Fraction", "1.5")]
    public async Task What_is_left_to_the_bus_goes_through_it(string what, string header, string value)
    {
        await using var host = await ParcelHost.StartAsync();
        await WarmAsync(host);
        var taken = host.CountedTransport.Stored;
        await FillAsync(host, 3, what, headers: $"jsonb_build_object('{header}', {value})");
        await host.SeeArrivedAsync(what, 3);
        Assert.Equal(taken, host.CountedTransport.Stored);
    }

    [Fact]
    public async Task What_no_queue_takes_comes_back_and_goes_when_one_does()
    {
        // After the first attempt it is parked, so that its fault stays.
        await using var host = await ParcelHost.StartAsync(outbox: options => options.MaxAttempts = 1);
        await WarmAsync(host);
        var taken = host.CountedTransport.Stored;
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("empty", ExchangeType.Fanout, durable: true);
        await FillAsync(host, 1, "returned", "empty");
        var fault = await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<string>("SELECT last_fault FROM outbox"),
            fault => fault is not null,
            "a fault"
        );
        Assert.Equal("PublicationRefusedException: Returned by the broker: 312 NO_ROUTE", fault);
        Assert.Equal(taken + 1, host.CountedTransport.Stored);
        await channel.QueueDeclareAsync("late", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("late", "empty", "");
        await ReleaseAsync(host);
        await host.SeeOutboxAsync();
        Assert.Equal(1u, await channel.MessageCountAsync("late"));
    }

    [Fact]
    public async Task What_a_full_queue_refuses_goes_when_there_is_room()
    {
        await using var host = await ParcelHost.StartAsync(outbox: options => options.MaxAttempts = 1);
        await WarmAsync(host);
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("narrow", ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(
            "narrow",
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }
        );
        await channel.QueueBindAsync("narrow", "narrow", "");
        await FillAsync(host, 2, "refused", "narrow");
        var faults = await Eventually.SeeAsync(
            () => host.Database.ColumnAsync("SELECT last_fault FROM outbox"),
            faults => faults is [not null],
            "one that went and one that did not"
        );
        Assert.Equal("PublicationRefusedException: The broker refused the message", faults[0]);
        await channel.QueuePurgeAsync("narrow");
        await ReleaseAsync(host);
        await host.SeeOutboxAsync();
    }

    [Fact]
    public async Task An_exchange_that_is_gone_takes_nobody_else_along_for_good()
    {
        await using var host = await ParcelHost.StartAsync();
        await WarmAsync(host);
        // The first of them closes the channel, and the others go down with it; however alike their ids are.
        const string alike = "(left(gen_random_uuid()::text, 28) || '5eed5eed')::uuid";
        await FillAsync(host, 1, "lost", "gone", ids: alike);
        await FillAsync(host, 100, "good", ids: alike);
        await host.SeeOutboxAsync(1);
        await host.SeeArrivedAsync("good", 100);
    }

    [Fact]
    public async Task What_the_client_cannot_write_ends_the_channel_and_nobody_passes_for_sent()
    {
        await using var host = await ParcelHost.StartAsync();
        await WarmAsync(host);
        await FillAsync(host, 20, "good");
        await FillAsync(host, 1, "too long a type", properties: "jsonb_build_object('RMQ-Type', repeat('x', 300))");
        await FillAsync(host, 20, "good");
        await host.SeeOutboxAsync(1);
        await host.SeeArrivedAsync("good", 40);
        Assert.DoesNotContain(
            "Timeout",
            await host.Database.ScalarAsync<string>("SELECT last_fault FROM outbox"),
            StringComparison.Ordinal
        );
        await WarmAsync(host, left: 1);
    }

    [Fact]
    public async Task A_connection_that_is_lost_loses_no_message_and_is_made_again()
    {
        await using var host = await ParcelHost.StartAsync();
        await WarmAsync(host);
        await FillAsync(host, 300, "good");
        await host.Vhost.CloseConnectionsAsync("loyalty-outbox");
        await FillAsync(host, 300, "good");
        await host.SeeOutboxAsync();
        await host.SeeArrivedAsync("good", 600);
        await WarmAsync(host);
    }

    /// <summary>The first message goes through the bus, and soon one does not.</summary>
    static async Task WarmAsync(ParcelHost host, int left = 0)
    {
        var taken = host.CountedTransport.Stored;
        await Eventually.SeeAsync(
            async () =>
            {
                await FillAsync(host, 1, "warm");
                await host.SeeOutboxAsync(left);
                return host.CountedTransport.Stored;
            },
            now => now > taken,
            "a message that took the short way"
        );
    }

    static Task ReleaseAsync(ParcelHost host) => host.Database.RunAsync("UPDATE outbox SET parked_at = NULL, attempts = 0, due_at = now()");

    /// <param name="exchange">Where they go, while they say that they go where messages have arrived.</param>
    /// <param name="headers">An expression of SQL.</param>
    /// <param name="properties">The same.</param>
    /// <param name="ids">The same.</param>
    static Task FillAsync(
        ParcelHost host,
        int count,
        string route,
        string exchange = Exchange,
        string headers = "'{}'::jsonb",
        string properties = "'{}'::jsonb",
        string ids = "gen_random_uuid()"
    )
    {
        var urn = MessageUrn.ForTypeString<Deliver>();
        return host.Database.RunAsync(
            $$"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at)
            SELECT {{ids}}, gen_random_uuid(), gen_random_uuid(), 'exchange:{{Exchange}}', 'application/vnd.masstransit+json', '{{urn}}',
                jsonb_build_object('Headers', {{headers}}, 'Properties',
                    jsonb_build_object('RMQ-Exchange', '{{exchange}}') || {{properties}}),
                convert_to(json_build_object('messageType', json_build_array('{{urn}}'), 'message',
                    json_build_object('parcelId', gen_random_uuid(), 'route', '{{route}}'))::text, 'UTF8'), now(), now()
            FROM generate_series(1, {{count}})
            """
        );
    }
}

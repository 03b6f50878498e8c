using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>From the outbox to a consumer in the same process: until that is done, the row stands for the message.</summary>
public sealed class When_committed_messages_are_delivered_in_process
{
    [Fact]
    public async Task The_row_stays_until_the_consumer_is_done()
    {
        await using var host = await ParcelHost.StartAsync(inProcess: true, outbox: options => options.AgeLimit = TimeSpan.FromMinutes(1));
        var held = await HoldAsync(host);
        // One that came later and goes by way of the broker: when its row has gone, so have those before it that were to go.
        var later = Guid.NewGuid();
        await host.SendAsync(new Posted(later, "later"));
        await Eventually.SeeAsync(() => host.ParcelAsync(later), parcel => parcel is not null, "a parcel");
        await Eventually.SeeAsync(() => RowsAsync(host, later), rows => rows == 0, "an outbox without its row");
        Assert.Equal(1, await RowsAsync(host, held));
        Assert.Empty(host.Received(held));
        host.Arrivals.Open();
        await host.SeeOutboxAsync();
        Assert.True(Assert.Single(host.Received(held)).IsInProcess());
    }

    [Fact]
    public async Task What_takes_long_goes_to_the_broker_before_it_is_the_sweepers_and_is_dealt_with_once()
    {
        await using var host = await ParcelHost.StartAsync(inProcess: true);
        var held = await HoldAsync(host);
        await host.SeeOutboxAsync();
        Assert.Empty(host.Received(held));
        Assert.Equal(1, host.Arrivals.Held);
        host.Arrivals.Open();
        await Eventually.SeeAsync(() => Task.FromResult(host.Received(held).Count), count => count == 1, "the one that was held");
        await host.StopAsync();
        Assert.Single(host.Received(held));
        Assert.Equal(0, (await host.Vhost.DepthsAsync())["parcel-delivery"]);
        Assert.Equal(0, host.CountedTransport.Stored);
    }

    [Fact]
    public async Task Many_arrive_and_leave_nothing_behind()
    {
        await using var host = await ParcelHost.StartAsync(inProcess: true);
        await HoldAsync(host);
        host.Arrivals.Open();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => host.SendAsync(new Notice(Guid.NewGuid(), "many"), queue: "notices")));
        await host.SeeArrivedAsync("many", 200);
        await host.SeeOutboxAsync();
        Assert.Contains(host.Received(), deliver => deliver.Message.Route == "many" && deliver.IsInProcess());
    }

    static Task<long> RowsAsync(ParcelHost host, Guid parcelId) =>
        host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE convert_from(body, 'UTF8') LIKE '%{parcelId}%'");

    /// <summary>Until a message that came without the broker waits at its consumer.</summary>
    static async Task<Guid> HoldAsync(ParcelHost host)
    {
        var held = Guid.Empty;
        await Eventually.TrueAsync(
            async () =>
            {
                host.Arrivals.Open();
                await host.SeeOutboxAsync();
                held = Guid.NewGuid();
                host.Arrivals.Close();
                await host.SendAsync(new Notice(held, "held"), queue: "notices");
                await Eventually.SeeAsync(() => Task.FromResult(host.Arrivals.Held), count => count == 1, "a message at its consumer");
                return host.Arrivals.HeldInProcess;
            },
            "a message that came without the broker"
        );
        return held;
    }
}

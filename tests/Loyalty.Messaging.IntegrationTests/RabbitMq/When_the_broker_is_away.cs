using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>An outage is nobody's failed attempt.</summary>
public sealed class When_the_broker_is_away
{
    [Fact]
    public async Task A_consumer_whose_message_was_not_confirmed_gets_its_delivery_again_and_no_dead_letter_is_made()
    {
        await using var host = await ParcelHost.StartAsync();
        await using var letters = new Listener(host.Vhost, "loyalty.dead-letters");
        await letters.StartAsync();
        await host.SendAsync(new Notice(NewId.NextGuid(), "unconfirmed once"), queue: "notices");
        await host.SeeArrivedAsync("unconfirmed once", 1);
        await Eventually.SeeAsync(host.Vhost.DepthsAsync, depths => depths["notices"] == 0, "an empty queue");
        Assert.Empty(letters.All);
        // What it did the first time may have had its effect, and nobody has heard of it.
        Assert.Equal([false, true], host.Services.GetRequiredService<Failures>().Earlier);
    }

    [Fact]
    public async Task Nothing_is_parked_and_everything_goes_when_it_is_back()
    {
        await using var host = await ParcelHost.StartAsync(outbox: options =>
        {
            (options.MaxAttempts, options.ConfirmTimeout, options.AgeLimit, options.Lease) = (
                2,
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(2),
                TimeSpan.FromSeconds(4)
            );
        });
        await host.Vhost.RemoveAsync();
        var bus = host.Services.GetRequiredService<IBusControl>();
        await Eventually.SeeAsync(
            () => Task.FromResult(bus.CheckHealth().Status),
            status => status != BusHealthStatus.Healthy,
            "the bus to miss its broker"
        );
        await host.Database.RunAsync(
            """
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'exchange:nowhere', 'application/json', 'urn:message:nothing',
                '{}', ''::bytea, now(), now() FROM generate_series(1, 20)
            """
        );
        // Longer than two attempts and their waits take.
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(0, await host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL OR attempts > 1"));

        await host.Vhost.AddAsync();
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE attempts > 0"),
            tried => tried == 20,
            "every row to be tried",
            TimeSpan.FromSeconds(60)
        );
    }
}

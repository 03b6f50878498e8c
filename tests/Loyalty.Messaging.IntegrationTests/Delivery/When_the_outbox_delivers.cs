using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

public sealed class When_the_outbox_delivers
{
    [Fact]
    public async Task Headers_and_transport_properties_arrive_the_same_from_memory_and_from_the_table()
    {
        await using var live = await ParcelHost.StartAsync();
        await live.SendAsync(new Posted(NewId.NextGuid(), "live"));
        await AssertArrivedAsync(live);

        // Nobody listens at first: the broker returns the message, and the row waits for the sweeper.
        await using var swept = await ParcelHost.StartAsync(deliveries: false);
        await swept.SendAsync(new Posted(NewId.NextGuid(), "swept"));
        await Eventually.SeeAsync(
            () => swept.Database.ScalarAsync<int>("SELECT coalesce(max(attempts), 0) FROM outbox"),
            attempts => attempts >= 1,
            "an attempt of the sweeper"
        );
        // Ids ascend with time: the index grows at its end.
        Assert.Equal("7", await swept.Database.ScalarAsync<string>("SELECT substr(id::text, 15, 1) FROM outbox"));
        swept
            .Services.GetRequiredService<IReceiveEndpointConnector>()
            .ConnectReceiveEndpoint(
                "parcel-delivery",
                (_, endpoint) => endpoint.Handler<Deliver>(deliver => swept.Services.GetRequiredService<Received>().Add(deliver))
            );
        await AssertArrivedAsync(swept);
        await swept.SeeOutboxAsync();
    }

    [Fact]
    public async Task Young_rows_are_left_to_the_process_that_wrote_them()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.InsertAsync("young", Guid.NewGuid(), "due_at", "now() + interval '1 hour'");
        await host.InsertAsync("old", Guid.NewGuid(), "due_at", "now() + interval '-1 second'");
        await Eventually.SeeAsync(
            () => host.Database.ColumnAsync("SELECT metadata->>'name' FROM outbox"),
            rows => rows is ["young"],
            "only the young row"
        );
    }

    [Fact]
    public async Task A_row_that_never_goes_is_parked_and_holds_up_nobody()
    {
        await using var host = await ParcelHost.StartAsync(outbox: options => options.MaxAttempts = 2);
        await host.InsertAsync(
            "poison",
            Guid.NewGuid(),
            "due_at",
            "now() + interval '-10 seconds'",
            destination: "exchange:nobody-listens-here"
        );
        foreach (var number in Enumerable.Range(0, 150))
            await host.InsertAsync($"good-{number}", Guid.NewGuid(), "due_at", "now() + interval '-1 second'");
        await Eventually.SeeAsync(
            () => host.Database.ColumnAsync("SELECT metadata->>'name' FROM outbox"),
            rows => rows is ["poison"],
            "only the poison row"
        );
        var parked = await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<string>("SELECT last_fault FROM outbox WHERE parked_at IS NOT NULL AND due_at IS NULL"),
            fault => fault is not null,
            "the poison row to be parked"
        );
        Assert.Contains("Return", parked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_one_stream_go_in_their_order()
    {
        await using var host = await ParcelHost.StartAsync();
        var stream = Guid.NewGuid();
        // Due in the wrong order on purpose.
        foreach (var number in Enumerable.Range(0, 10))
            await host.InsertAsync($"{number}", stream, "due_at", $"now() + interval '-{number + 1} seconds'");
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), count => count == 10, "ten deliveries");
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"{number}"), host.Received().Select(deliver => deliver.Message.Route));
    }

    [Fact]
    public async Task What_a_scope_sends_is_committed_by_its_context_or_not_at_all()
    {
        await using var host = await ParcelHost.StartAsync();
        var (kept, dropped) = (NewId.NextGuid(), NewId.NextGuid());
        await using (var scope = host.Services.CreateAsyncScope())
            await SendAsync(scope, new Deliver(dropped, "never saved"));
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await SendAsync(scope, new Deliver(kept, "saved"));
            await scope.ServiceProvider.GetRequiredService<ParcelDbContext>().SaveChangesAsync();
        }
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), count => count == 1, "one delivery");
        Assert.Equal(kept, host.Received()[0].Message.ParcelId);
        await host.SeeOutboxAsync();
    }

    static async Task SendAsync(AsyncServiceScope scope, Deliver deliver)
    {
        var endpoint = await scope
            .ServiceProvider.GetRequiredService<ISendEndpointProvider>()
            .GetSendEndpoint(new Uri("exchange:parcel-delivery"));
        await endpoint.Send(deliver);
    }

    static async Task AssertArrivedAsync(ParcelHost host) =>
        (await Eventually.SeeAsync(() => Task.FromResult(host.Received()), all => all.Count == 1, "one delivery"))[0].AssertAsSent();
}

using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>The outbox as MassTransit's message scheduler: committed with the delivery, cancelled, replaced, sent when due.</summary>
public sealed class When_something_is_scheduled
{
    [Fact]
    public async Task It_is_sent_when_it_is_due_and_not_before()
    {
        await using var host = await ParcelHost.StartAsync();
        var parcel = NewId.NextGuid();
        await host.SendAsync(new Remind(parcel, TimeSpan.FromSeconds(2), null), queue: "notices");
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE scheduled"),
            rows => rows == 1,
            "the row"
        );
        Assert.Empty(Reminders(host, parcel));
        await Eventually.SeeAsync(() => Task.FromResult(Reminders(host, parcel)), seen => seen is ["due"], "the reminder");
        await Eventually.SeeAsync(() => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox"), rows => rows == 0, "the row to go");
    }

    [Fact]
    public async Task It_is_cancelled_by_its_token_in_a_later_delivery()
    {
        await using var host = await ParcelHost.StartAsync();
        var parcel = NewId.NextGuid();
        await host.SendAsync(new Remind(parcel, TimeSpan.FromHours(1), null), queue: "notices");
        var token = await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<Guid>("SELECT id FROM outbox WHERE scheduled"),
            id => id != Guid.Empty,
            "the row"
        );
        await host.SendAsync(new Remind(parcel, TimeSpan.FromSeconds(1), token), queue: "notices"); // Instead of the first: rescheduled.
        await Eventually.SeeAsync(() => Task.FromResult(Reminders(host, parcel)), seen => seen.Count == 1, "the second reminder");
        Assert.Equal(0L, await host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE id = '{token}'"));
        // The second one's row goes a moment after it was sent.
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE scheduled"),
            rows => rows == 0,
            "the rows to go"
        );
    }

    [Fact]
    public async Task What_is_scheduled_and_cancelled_in_one_delivery_never_was()
    {
        await using var host = await ParcelHost.StartAsync();
        var parcel = NewId.NextGuid();
        await host.SendAsync(new Remind(parcel, TimeSpan.FromSeconds(1), null, ThenCancel: true), queue: "notices");
        await Eventually.SeeAsync(() => host.Database.ScalarAsync<long>("SELECT count(*) FROM inbox"), rows => rows > 0, "the delivery");
        Assert.Equal(0L, await host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE scheduled"));
    }

    static List<string> Reminders(ParcelHost host, Guid parcel) =>
        [
            .. host
                .Services.GetRequiredService<Received>()
                .All.Where(deliver => deliver.Message.ParcelId == parcel)
                .Select(deliver => deliver.Message.Route),
        ];
}

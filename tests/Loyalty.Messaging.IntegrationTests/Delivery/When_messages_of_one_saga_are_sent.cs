using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>
/// They arrive in the order in which they were committed, also when the first of them was not confirmed and waits in the table.
/// </summary>
public sealed class When_messages_of_one_saga_are_sent
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_was_left_behind_is_not_overtaken(bool refused, bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        await host.WarmAsync();
        var taken = host.CountedTransport.Captured;
        host.CountedTransport.Instead = refused
            ? Task.FromException(new IOException("A broker that refuses it"))
            : new TaskCompletionSource().Task;
        var parcel = NewId.NextGuid();
        await host.SendAsync(new Posted(parcel, "first"));
        await Eventually.TrueAsync(() => Task.FromResult(host.CountedTransport.Captured == taken + 1), "the first to be lost on its way");

        await host.SendAsync(new Forwarded(parcel, "second"));
        // Only the order of their commits is kept, not that in which they were sent.
        await Eventually.SeeAsync(() => host.ParcelAsync(parcel), saga => saga?.Version == 2, "the second to be committed");
        await host.SendAsync(new Forwarded(parcel, "third"));
        await host.SeeArrivedAsync("third", 1);

        Assert.Equal(["first", "second", "third"], host.Received(parcel).Select(deliver => deliver.Message.Route));
        await host.SeeOutboxAsync();
        // Afterwards it goes the short way again, without a wait.
        await Eventually.SeeAsync(
            async () =>
            {
                var before = host.CountedTransport.Captured;
                await host.SendAsync(new Forwarded(parcel, "later"));
                await Eventually.SeeAsync(
                    () => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox"),
                    rows => rows == 0,
                    "an empty outbox"
                );
                return host.CountedTransport.Captured - before;
            },
            now => now == 1,
            "one that was sent from memory"
        );
    }

    /// <summary>As the sweeper of another worker does that has just claimed it: nothing in this process knows of it.</summary>
    [Fact]
    public async Task What_another_worker_has_in_hand_is_not_overtaken()
    {
        await using var host = await ParcelHost.StartAsync();
        await host.WarmAsync();
        var parcel = NewId.NextGuid();
        await host.SendAsync(new Posted(parcel, "posted"));
        await host.SeeArrivedAsync("posted", 1);
        await host.InsertAsync("left", parcel, "attempts, due_at", "1, now() + interval '2 seconds'");

        await host.SendAsync(new Forwarded(parcel, "second"));
        await host.SeeArrivedAsync("second", 1);

        Assert.Equal(["posted", "left", "second"], host.Received(parcel).Select(deliver => deliver.Message.Route));
    }
}

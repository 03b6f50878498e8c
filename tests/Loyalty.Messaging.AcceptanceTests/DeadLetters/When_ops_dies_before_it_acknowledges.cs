using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>The row is committed, the broker has not heard of it yet, and the process is gone.</summary>
public sealed class When_ops_dies_before_it_acknowledges : IAsyncLifetime
{
    const int Count = 3;
    LoyaltySystem _system = null!;

    public async ValueTask InitializeAsync() => _system = await LoyaltySystem.StartAsync();

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task The_broker_brings_its_dead_letters_again_and_each_is_kept_once()
    {
        await _system.StartOpsAsync(
            new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = Repository.Program("Loyalty.Messaging.CrashPoints", "Loyalty.Messaging.CrashPoints"),
                ["CRASH_AT"] = "Loyalty.Messaging.Delivery/dead-letters.taken",
            }
        );
        var dying = _system.Applications[^1];
        foreach (var number in Enumerable.Range(0, Count))
        {
            var order = Commerce.Order($"OD-{number}");
            order.Remove("locationCode");
            await _system.Commerce.CompleteAsync(order);
        }
        await dying.ExitAsync();
        var kept = await _system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter");
        Assert.InRange(kept, 1, Count);
        // All of them: what is in the database already was not acknowledged.
        await QueueHoldsAsync(Count);

        await _system.StartOpsAsync();
        await Eventually.SeeAsync(
            () => _system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter"),
            letters => letters == Count,
            "all of them to be kept"
        );
        await QueueHoldsAsync(0);
        await _system.Applications[^1].StopAsync();
        // What was in hand and not acknowledged would be back.
        await QueueHoldsAsync(0);
        Assert.Equal([$"{Count} {Count}"], await _system.Database.ColumnAsync("SELECT count(*) || ' ' || sum(failures) FROM dead_letter"));
    }

    Task QueueHoldsAsync(int count) =>
        Eventually.SeeAsync(
            _system.Vhost.DepthsAsync,
            depths => depths["loyalty.dead-letters"] == count,
            $"{count} in loyalty.dead-letters",
            TimeSpan.FromSeconds(60)
        );
}

using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class When_the_process_stood_still
{
    [Fact]
    public async Task The_next_request_waits_until_what_was_lost_is_known()
    {
        var clock = new Clock();
        using var standstill = new Standstill(clock);
        Assert.True(standstill.SettleAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);

        clock.Advance(TimeSpan.FromSeconds(20));
        var settling = standstill.SettleAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(settling.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        await settling.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_delivery_that_is_cancelled_meanwhile_sends_nothing()
    {
        var clock = new Clock();
        using var standstill = new Standstill(clock);
        clock.Advance(TimeSpan.FromSeconds(20));
        using var lost = new CancellationTokenSource();
        var settling = standstill.SettleAsync(lost.Token).AsTask();
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => settling);
    }

    /// <summary>Stands still until it is moved; its timers are real. A fake clock would wake the timers on its way, and of a process that stands still none wakes.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
    }
}

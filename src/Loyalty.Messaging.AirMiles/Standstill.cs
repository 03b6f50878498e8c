namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// Notices that the process stood still (frozen, suspended, starved). Its queues may have been given to another process meanwhile, and the news of that is still
/// unread: a call that went out at once could meet the other process's call for the same collector. So calls wait a moment; by then what was lost has been cancelled.
/// </summary>
internal sealed class Standstill : IDisposable
{
    /// <summary>Shorter than the time after which a broker takes queues away: two heartbeats of ten seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _seen;
    private long? _noticed;

    public Standstill(TimeProvider time)
    {
        _time = time;
        _seen = time.GetTimestamp();
        _timer = time.CreateTimer(_ => JustStoodStill(), null, Tick, Tick);
    }

    /// <summary>Returns at once, unless the process has just stood still.</summary>
    public async ValueTask SettleAsync(CancellationToken ct)
    {
        while (JustStoodStill())
            await Task.Delay(Tick, _time, ct).ConfigureAwait(false);
    }

    public void Dispose() => _timer.Dispose();

    private bool JustStoodStill()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_seen, now) > Limit)
                _noticed = now;
            _seen = now;
            return _noticed is { } noticed && _time.GetElapsedTime(noticed, now) < Settling;
        }
    }
}

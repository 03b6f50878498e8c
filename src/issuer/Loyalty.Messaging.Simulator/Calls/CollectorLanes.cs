namespace Loyalty.Messaging.Simulator.Calls;

/// <summary>At most one call per collector: the issuer answers a second one with an error.</summary>
internal sealed class CollectorLanes(SimulatorOptions options, TimeProvider time)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Lane> _busy = new(StringComparer.Ordinal);
    int _maxInFlight;

    /// <summary>The lane, or none when another call of this collector is under way.</summary>
    public async Task<Lane?> EnterAsync(string collectorNumber, CancellationToken aborted)
    {
        while (true)
        {
            Lane? ahead;
            lock (_gate)
            {
                if (!_busy.TryGetValue(collectorNumber, out ahead))
                    return Open(collectorNumber, aborted);
            }

            // A client that gave up the call ahead and calls anew can be faster than the news of its cut connection.
            if (!await ahead.AbandonedWithinAsync(options.AbortGrace, time))
                return null;
        }
    }

    public (int InFlight, int Max) Counts()
    {
        lock (_gate)
            return (_busy.Count, _maxInFlight);
    }

    public void ClearMax()
    {
        lock (_gate)
            _maxInFlight = _busy.Count;
    }

    Lane Open(string collectorNumber, CancellationToken aborted)
    {
        var lane = new Lane(collectorNumber, Close);
        _busy[collectorNumber] = lane;
        _maxInFlight = Math.Max(_maxInFlight, _busy.Count);
        lane.WatchFor(aborted);
        return lane;
    }

    void Close(Lane lane)
    {
        lock (_gate)
        {
            if (_busy.TryGetValue(lane.CollectorNumber, out var current) && current == lane)
                _busy.Remove(lane.CollectorNumber);
        }
    }
}

/// <summary>The time from a call's arrival to its answer or to the end of its connection.</summary>
internal sealed class Lane(string collectorNumber, Action<Lane> close) : IDisposable
{
    readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    CancellationTokenRegistration _watch;

    public string CollectorNumber { get; } = collectorNumber;

    public void WatchFor(CancellationToken aborted) => _watch = aborted.Register(() => End(abandoned: true));

    public void Answered() => End(abandoned: false);

    public async Task<bool> AbandonedWithinAsync(TimeSpan grace, TimeProvider time)
    {
        try
        {
            return await _ended.Task.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        End(abandoned: true);
    }

    void End(bool abandoned)
    {
        close(this);
        _ended.TrySetResult(abandoned);
    }
}

using MassTransit.Transports;

namespace Loyalty.Messaging.RabbitMq.Lanes;

/// <summary>
/// What may begin on a queue that is not always this process's to work on. In the end it is closed, and nothing begins any more; then what
/// was begun ends, or is ended; then it is drained, and somebody else may have all of the queue.
/// </summary>
public sealed class Lane
{
    readonly Lock _lock = new();
    readonly HashSet<BaseReceiveContext> _inHand = [];
    TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _closed;

    public bool IsOpen => !_closed;

    /// <summary>Nothing is in hand, and nothing will be.</summary>
    public Task Drained => _drained.Task;

    /// <summary>It is this process's again; a new one is open.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _closed = false;
        }
    }

    /// <summary>Nothing begins any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            if (_inHand.Count == 0)
                _drained.TrySetResult();
        }
    }

    /// <summary>Nothing begins any more, and what is in hand is cancelled.</summary>
    public void End()
    {
        Close();
        lock (_lock)
            foreach (var delivery in _inHand.ToList())
                if (_inHand.Contains(delivery)) // The end of one may have been the end of another.
                    delivery.Cancel();
    }

    /// <summary>Nothing begins any more; what is in hand ends, or is cancelled.</summary>
    /// <param name="leaving">The consumer's own end, under way.</param>
    /// <param name="patience">What has not ended by then is cancelled.</param>
    internal async Task EndAsync(Task leaving, TimeSpan patience, TimeProvider time)
    {
        Close();
        await Drained.WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End();
        await leaving;
    }

    /// <returns>False when the queue belongs to somebody else by now, or soon will.</returns>
    internal bool TryEnter(BaseReceiveContext delivery)
    {
        lock (_lock)
            return !_closed && _inHand.Add(delivery);
    }

    internal void Leave(BaseReceiveContext delivery)
    {
        lock (_lock)
            if (_inHand.Remove(delivery) && _inHand.Count == 0 && _closed)
                _drained.TrySetResult();
    }
}

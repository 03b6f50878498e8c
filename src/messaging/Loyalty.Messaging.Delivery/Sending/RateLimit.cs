namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>Limits how many are taken per second on average.</summary>
internal sealed class RateLimit(int perSecond, TimeProvider time)
{
    /// <summary>A caller that is a little late goes on at the same rate; what was unused for longer is not saved up for a burst.</summary>
    static readonly TimeSpan Saved = TimeSpan.FromMilliseconds(100);

    readonly long _started = time.GetTimestamp();
    TimeSpan _free;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_free - time.GetElapsedTime(_started) is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }

    public void Took(int count)
    {
        var since = time.GetElapsedTime(_started) - Saved;
        _free = (_free > since ? _free : since) + TimeSpan.FromSeconds((double)count / perSecond);
    }
}

using System.Collections.Concurrent;

namespace Loyalty.Messaging.RabbitMq.Consume;

/// <summary>
/// Messages of one queue that were dealt with without the broker and took their time. Of such a message a copy has gone to the broker, and
/// may come when the first is long done:
/// it is known by its id then, and acknowledged.
/// </summary>
/// <param name="slow">Nobody sends a copy sooner.</param>
internal sealed class SlowMessages(TimeSpan slow, TimeProvider time)
{
    /// <summary>So long a copy may wait in its queue.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>About 10 MB; the oldest go first.</summary>
    const int MostKept = 100_000;

    readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<(string Id, long At)> _order = new();

    /// <param name="since">When it was taken, as <see cref="TimeProvider.GetTimestamp"/> says it.</param>
    public void Done(string messageId, long since)
    {
        if (time.GetElapsedTime(since) < slow || !_ids.TryAdd(messageId, true))
            return;
        _order.Enqueue((messageId, time.GetTimestamp()));
        while (
            _order.TryPeek(out var oldest)
            && (_order.Count > MostKept || time.GetElapsedTime(oldest.At) > Kept)
            && _order.TryDequeue(out var gone)
        )
            _ids.TryRemove(gone.Id, out _);
    }

    public bool Knows(string messageId) => !_ids.IsEmpty && _ids.ContainsKey(messageId);
}

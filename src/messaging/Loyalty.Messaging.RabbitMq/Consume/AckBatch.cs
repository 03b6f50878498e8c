using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Consume;

/// <summary>
/// Acknowledges many deliveries of a channel at once: a quorum queue writes and replicates each ack like a message. What is acknowledged
/// here has been dealt with;
/// an ack that is lost with its channel brings the delivery once more.
/// </summary>
/// <param name="ack">Tells the broker: a delivery's tag, and whether it stands for all before it.</param>
/// <param name="delay">How long an ack waits for others at most.</param>
internal sealed class AckBatch(Func<ulong, bool, ValueTask> ack, TimeSpan delay, TimeProvider time)
{
    /// <summary>So many do not wait: they count against the prefetch until they are gone.</summary>
    const int Enough = 16;

    readonly Lock _lock = new();
    readonly List<ulong> _waiting = [];

    /// <summary>Settled, while an earlier one is still in hand.</summary>
    readonly HashSet<ulong> _settled = [];
    ulong _first;
    ulong _oldest = 1;
    bool _scheduled;
    bool _sending;
    bool _closing;

    /// <summary>
    /// Called with every delivery. On a channel that has had another consumer, deliveries of that one may still be in hand: then there is
    /// no "up to", and nothing to remember for it.
    /// </summary>
    public void Came(ulong tag)
    {
        if (_first == 0)
            _first = tag;
    }

    /// <summary>Returns before the broker knows; it does after the delay.</summary>
    public ValueTask AddAsync(ulong tag)
    {
        lock (_lock)
        {
            _waiting.Add(tag);
            if (!_closing && _waiting.Count < Enough)
            {
                if (!_scheduled)
                    _ = FlushLaterAsync();
                _scheduled = true;
                return default;
            }
        }
        return new ValueTask(FlushAsync());
    }

    /// <summary>It was refused, and the broker has been told: "up to" passes over it.</summary>
    public void Settle(ulong tag)
    {
        lock (_lock)
            _settled.Add(tag);
    }

    /// <summary>The channel is about to be left: from now on nothing waits.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
            _closing = true;
        return FlushAsync();
    }

    async Task FlushLaterAsync()
    {
        await Task.Delay(delay, time);
        lock (_lock)
            _scheduled = false;
        try
        {
            await FlushAsync();
        }
        catch (Exception exception)
        {
            // Mostly the channel is gone, and with it what this was about.
            LogContext.Warning?.Log(exception, "Acks could not be sent; the broker delivers again what they were for");
        }
    }

    /// <summary>One sends at a time, for an "up to" must not be overtaken by a later one, and takes along what comes meanwhile.</summary>
    async Task FlushAsync()
    {
        lock (_lock)
        {
            if (_sending)
                return;
            _sending = true;
        }
        try
        {
            while (Take() is { } acks)
            {
                if (acks.UpTo is { } last)
                    await ack(last, true);
                foreach (var tag in acks.Single)
                    await ack(tag, false);
            }
        }
        catch
        {
            lock (_lock)
                _sending = false;
            throw;
        }
    }

    /// <summary>"Up to" names a delivery that the broker still waits for: another is an error to it, which closes the channel.</summary>
    (ulong? UpTo, ulong[] Single)? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _sending = false;
                return null;
            }
            ulong? upTo = null;
            if (_first == 1)
            {
                _settled.UnionWith(_waiting);
                while (_settled.Remove(_oldest))
                    _oldest++;
                upTo = _waiting.Where(tag => tag < _oldest).Select(tag => (ulong?)tag).Max();
            }
            ulong[] single = [.. _waiting.Where(tag => upTo is null || tag > upTo)];
            _waiting.Clear();
            return (upTo, single);
        }
    }
}

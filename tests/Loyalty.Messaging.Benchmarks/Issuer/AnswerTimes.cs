using System.Collections.Concurrent;
using Loyalty.Messaging.Benchmarks.Measuring;

namespace Loyalty.Messaging.Benchmarks.Issuer;

/// <summary>How long the issuer really took: its delay is rounded up to the clock's next tick, and on a busy machine it is late.</summary>
internal sealed class AnswerTimes
{
    ConcurrentQueue<double> _milliseconds = new();

    public void Add(TimeSpan took) => _milliseconds.Enqueue(took.TotalMilliseconds);

    /// <summary>Since it was asked last.</summary>
    public AnswerLatency Take()
    {
        double[] ascending = [.. Interlocked.Exchange(ref _milliseconds, new ConcurrentQueue<double>()).Order()];
        return new AnswerLatency(Math.Round(Percentiles.Of(ascending, 0.5), 1), Math.Round(Percentiles.Of(ascending, 0.99), 1));
    }
}

/// <summary>From the request at the issuer to its answer, in milliseconds.</summary>
internal sealed record AnswerLatency(double P50Ms, double P99Ms);

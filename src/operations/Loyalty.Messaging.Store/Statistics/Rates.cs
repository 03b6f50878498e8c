using System.Globalization;

namespace Loyalty.Messaging.Store.Statistics;

/// <summary>
/// Rates per minute, out of counters that only grow: of the last hour minute by minute; while the history is younger than ten minutes, from
/// sample to sample, so that there is something to see from the first look.
/// </summary>
public sealed record Rates(
    IReadOnlyList<string> Labels,
    IReadOnlyList<double?> Orders,
    IReadOnlyList<double?> Refunds,
    IReadOnlyList<double?> Sent,
    IReadOnlyList<double?> Waiting
)
{
    const int Steps = 60;
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Young = Steps * SampleHistory.Interval;

    /// <summary>From when on samples are looked at.</summary>
    public static DateTimeOffset Since(DateTimeOffset now) => now - ((Steps + 2) * Minute);

    /// <param name="samples">Since <see cref="Since"/>, the oldest first; of fewer than two nothing is drawn.</param>
    public static Rates Of(IReadOnlyList<Sample> samples, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count < 2)
            return new Rates([], [], [], [], []);
        var (step, label) = now - samples[0].At < Young ? (SampleHistory.Interval, "HH:mm:ss") : (Minute, "HH:mm");
        var last = now - TimeSpan.FromTicks(now.Ticks % step.Ticks);
        var ends = Enumerable.Range(1, Steps).Select(number => last - ((Steps - number) * step)).ToList();
        return new Rates(
            [.. ends.Select(end => end.UtcDateTime.ToString(label, CultureInfo.InvariantCulture))],
            [.. ends.Select(end => Grown(samples, end, step, sample => sample.Orders))],
            [.. ends.Select(end => Grown(samples, end, step, sample => sample.Refunds))],
            [.. ends.Select(end => Grown(samples, end, step, sample => sample.Sent))],
            [.. ends.Select(end => Last(samples, end, step)?.Waiting is { } waiting ? (double?)waiting : null)]
        );
    }

    /// <summary>
    /// Between the last sample of the step before and the last of this one, as of a whole minute; null without both, or when the counters
    /// began anew.
    /// </summary>
    static double? Grown(IReadOnlyList<Sample> samples, DateTimeOffset end, TimeSpan step, Func<Sample, long> counter)
    {
        if (Last(samples, end - step, step) is not { } before || Last(samples, end, step) is not { } after || before == after)
            return null;
        var grown = counter(after) - counter(before);
        return grown < 0 ? null : grown * 60 / (after.At - before.At).TotalSeconds;
    }

    /// <summary>A sample that comes a little late is still that of its step.</summary>
    static Sample? Last(IReadOnlyList<Sample> samples, DateTimeOffset end, TimeSpan step) =>
        samples.LastOrDefault(sample => sample.At < end && sample.At >= end - step - (SampleHistory.Interval / 2));
}

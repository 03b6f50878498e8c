using System.Globalization;
using Loyalty.Messaging.Persistence.Samples;

namespace Loyalty.Messaging.Ops.Overview;

/// <summary>Rates per minute of the last hour, out of counters that only grow.</summary>
internal sealed record Rates(IReadOnlyList<string> Labels, IReadOnlyList<double?> Orders, IReadOnlyList<double?> Refunds, IReadOnlyList<double?> Sent, IReadOnlyList<double?> Waiting)
{
    const int Minutes = 60;

    public static DateTimeOffset Since(DateTimeOffset now) => Start(now) - TimeSpan.FromMinutes(Minutes + 1);

    public static Rates Of(IReadOnlyList<Sample> samples, DateTimeOffset now)
    {
        var ends = Enumerable.Range(1, Minutes).Select(minute => Start(now) - TimeSpan.FromMinutes(Minutes - minute)).ToList();
        if (samples.Count < 2)
            return new Rates([], [], [], [], []);
        return new Rates(
            [.. ends.Select(end => end.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture))],
            [.. ends.Select(end => Grown(samples, end, sample => sample.Orders))],
            [.. ends.Select(end => Grown(samples, end, sample => sample.Refunds))],
            [.. ends.Select(end => Grown(samples, end, sample => sample.Sent))],
            [.. ends.Select(end => Last(samples, end)?.Waiting is { } waiting ? (double?)waiting : null)]);
    }

    /// <summary>Between the last sample of the minute before and the last of this one, as of a whole minute; null without both, or when the counters began anew.</summary>
    static double? Grown(IReadOnlyList<Sample> samples, DateTimeOffset end, Func<Sample, long> counter)
    {
        if (Last(samples, end - TimeSpan.FromMinutes(1)) is not { } before || Last(samples, end) is not { } after || before == after)
            return null;
        var grown = counter(after) - counter(before);
        return grown < 0 ? null : grown * 60 / (after.At - before.At).TotalSeconds;
    }

    static Sample? Last(IReadOnlyList<Sample> samples, DateTimeOffset end) => samples.LastOrDefault(sample => sample.At < end && sample.At >= end - TimeSpan.FromMinutes(1));

    static DateTimeOffset Start(DateTimeOffset now) => now - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute);
}

using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Jobs;

/// <summary>How many items may go now, and whether too many have failed.</summary>
internal static class Ramp
{
    /// <summary>More than this many are never on their way at once.</summary>
    public const int MostOnTheWay = 500;

    /// <summary>One failure among few is no share.</summary>
    const int FewestForShare = 10;

    /// <param name="ready">What the rate would allow by now.</param>
    public static int Allowed(IReadOnlyList<int> steps, JobProgress progress, int ready)
    {
        var end = 0;
        foreach (var step in steps)
        {
            end += step;
            // A step begins when the one before has settled, whole.
            if (progress.Begun < end)
                return progress.Begun > end - step || progress.Sent == 0 ? end - progress.Begun : 0;
            if (progress.Begun == end && progress.Sent > 0)
                return 0;
        }
        return Math.Min(ready, MostOnTheWay - progress.Sent);
    }

    /// <returns>Why the job has to stop, as a sentence; null when it may go on.</returns>
    public static string? Objection(Job job, JobProgress progress)
    {
        if (job.StopOnSame && progress.CameBack is { } reason)
            return $"A dead letter came back for the cause it had before: {reason}";
        if (progress.FailedNow > 0 && progress.Settled >= FewestForShare && progress.FailedNow * 100 > progress.Settled * job.StopShare)
            return $"{progress.FailedNow} of {progress.Settled} failed; the limit is {job.StopShare} %";
        // At the start of the ramp a failure is all there is to see.
        return progress.FailedNow > 0 && progress.FailedNow == progress.Settled && job.StopOnSame
            ? "The first that were tried have all failed"
            : null;
    }
}

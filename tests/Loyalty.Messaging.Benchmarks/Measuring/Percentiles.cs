namespace Loyalty.Messaging.Benchmarks.Measuring;

internal static class Percentiles
{
    /// <summary>The nearest rank: the smallest value that at least this share of all values does not exceed. 0 of none.</summary>
    /// <param name="ascending">Sorted.</param>
    /// <param name="share">0 to 1.</param>
    public static double Of(IReadOnlyList<double> ascending, double share) =>
        ascending.Count == 0 ? 0 : ascending[Math.Clamp((int)Math.Ceiling(share * ascending.Count) - 1, 0, ascending.Count - 1)];
}

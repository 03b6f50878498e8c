namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>A figure over several runs.</summary>
internal sealed record Spread(double Min, double Median, double Max)
{
    /// <param name="values">At least one.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return new Spread(
            sorted[0],
            sorted.Length % 2 == 1 ? sorted[middle] : Math.Round((sorted[middle - 1] + sorted[middle]) / 2, 3),
            sorted[^1]
        );
    }

    /// <summary>Null when no run has the figure.</summary>
    public static Spread? Of(IEnumerable<double?> values) => values.OfType<double>().ToList() is { Count: > 0 } known ? Of(known) : null;

    public string Text(string format) => $"{Min.ToString(format, null)}/{Median.ToString(format, null)}/{Max.ToString(format, null)}";
}

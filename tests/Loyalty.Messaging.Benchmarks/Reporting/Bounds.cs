using Loyalty.Messaging.Benchmarks.Modes;
using Loyalty.Messaging.Benchmarks.Running;

namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>What <c>--quick</c> holds the product to: counts that follow from its shape and not from the machine's mood.</summary>
internal static class Bounds
{
    static readonly (Mode Mode, string Figure, double Most, Func<RunResult, double?> Read)[] All =
    [
        (Mode.Single, "commits", 2.15, run => run.CommitsPerOrder),
        (Mode.Single, "statements", 10.5, run => run.StatementsPerOrder),
        (Mode.Single, "round trips", 4.2, run => run.RoundTripsPerOrder),
        (Mode.Single, "allocated KB", 200, run => run.AllocatedKbPerOrder),
        (Mode.Group, "commits", 0.25, run => run.CommitsPerOrder),
        (Mode.Group, "statements", 1, run => run.StatementsPerOrder),
        (Mode.Group, "allocated KB", 135, run => run.AllocatedKbPerOrder),
    ];

    /// <summary>What three workers' places for calls give, beside one's.</summary>
    const double LeastOfThree = 2.7;

    /// <returns>A sentence when modes one and three have run, and three workers are not nearly three times as fast.</returns>
    public static IEnumerable<string> BrokenByThree(IEnumerable<RunResult> runs)
    {
        var rates = runs.Where(run => run.Flow == Flow.OrdersOnly).ToLookup(run => run.Mode, run => run.OrdersPerSecond);
        if (!rates.Contains(Mode.One.Name) || !rates.Contains(Mode.Three.Name))
            yield break;
        var ratio = Spread.Of(rates[Mode.Three.Name]).Median / Spread.Of(rates[Mode.One.Name]).Median;
        if (ratio < LeastOfThree)
            yield return $"Three workers were {ratio:0.00} times as fast as one; at least {LeastOfThree} were expected of them";
    }

    /// <returns>A sentence for each bound that a run of orders without refunds has broken.</returns>
    public static IEnumerable<string> Broken(IEnumerable<RunResult> runs) =>
        from run in runs
        where run.Flow == Flow.OrdersOnly
        from bound in All
        where bound.Mode.Name == run.Mode && !(bound.Read(run) <= bound.Most)
        select $"Mode {run.Mode}: {bound.Figure} per order may be at most {bound.Most}, "
            + $"but were {bound.Read(run)?.ToString("0.00", null) ?? "not counted"}";
}

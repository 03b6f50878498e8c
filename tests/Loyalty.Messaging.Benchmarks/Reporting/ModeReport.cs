using Loyalty.Messaging.Benchmarks.Running;

namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>One mode in one flow, over all runs.</summary>
internal sealed record ModeReport
{
    public required int Runs { get; init; }
    public required int Orders { get; init; }
    public required int Refunds { get; init; }
    public required Spread OrdersPerSecond { get; init; }
    public required Spread? CommitsPerOrder { get; init; }
    public required Spread? StatementsPerOrder { get; init; }
    public required Spread? RoundTripsPerOrder { get; init; }
    public required Spread? WalKbPerOrder { get; init; }
    public required Spread AllocatedKbPerOrder { get; init; }
    public required Spread CpuMsPerOrder { get; init; }
    public required IReadOnlyDictionary<string, Spread> CpuMsPerOrderOf { get; init; }

    /// <summary>From published to outcome heard. Of a flood they tell how long the queue was.</summary>
    public required Spread P50Ms { get; init; }
    public required Spread P99Ms { get; init; }
    public required Spread MaxMs { get; init; }

    /// <summary>Of the seconds before, in which the worker still compiles.</summary>
    public required Spread? ColdP99Ms { get; init; }

    /// <summary>What of it the issuer took.</summary>
    public required Spread IssuerP50Ms { get; init; }
    public required Spread IssuerP99Ms { get; init; }
    public required Spread WorkerReadyMs { get; init; }
    public required Spread WorkerPeakMb { get; init; }
    public required Spread WorkerFinalMb { get; init; }
    public required Spread MostReady { get; init; }

    public static ModeReport Of(IReadOnlyList<RunResult> runs)
    {
        return new ModeReport
        {
            Runs = runs.Count,
            Orders = runs[0].Orders,
            Refunds = runs[0].Refunds,
            OrdersPerSecond = Over(run => run.OrdersPerSecond),
            CommitsPerOrder = Counted(run => run.CommitsPerOrder),
            StatementsPerOrder = Counted(run => run.StatementsPerOrder),
            RoundTripsPerOrder = Counted(run => run.RoundTripsPerOrder),
            WalKbPerOrder = Counted(run => run.WalKbPerOrder),
            AllocatedKbPerOrder = Over(run => run.AllocatedKbPerOrder),
            CpuMsPerOrder = Over(run => run.CpuMsPerOrder),
            CpuMsPerOrderOf = runs[0].CpuMsPerOrderOf.Keys.ToDictionary(group => group, group => Over(run => run.CpuMsPerOrderOf[group])),
            P50Ms = Over(run => run.P50Ms),
            P99Ms = Over(run => run.P99Ms),
            MaxMs = Over(run => run.MaxMs),
            ColdP99Ms = Counted(run => run.ColdP99Ms),
            IssuerP50Ms = Over(run => run.IssuerP50Ms),
            IssuerP99Ms = Over(run => run.IssuerP99Ms),
            WorkerReadyMs = Over(run => run.ReadyMs),
            WorkerPeakMb = Over(run => run.PeakRssMb),
            WorkerFinalMb = Over(run => run.FinalRssMb),
            MostReady = Over(run => run.Samples.Max(sample => sample.Ready)),
        };

        Spread Over(Func<RunResult, double> figure) => Spread.Of(runs.Select(figure));
        Spread? Counted(Func<RunResult, double?> figure) => Spread.Of(runs.Select(figure));
    }
}

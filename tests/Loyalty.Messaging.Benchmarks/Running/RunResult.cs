using Loyalty.Messaging.Benchmarks.Load;
using Loyalty.Messaging.Benchmarks.Measuring;
using Loyalty.Messaging.Benchmarks.Modes;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>What one run gave. Everything per order contains the order's share of refunds.</summary>
internal sealed record RunResult
{
    public required string Mode { get; init; }
    public required string Flow { get; init; }
    public required int Orders { get; init; }
    public required int Refunds { get; init; }
    public required double Seconds { get; init; }
    public required double OrdersPerSecond { get; init; }

    /// <summary>Null where it was not counted.</summary>
    public required double? CommitsPerOrder { get; init; }
    public required double? StatementsPerOrder { get; init; }
    public required double? RoundTripsPerOrder { get; init; }
    public required double? WalKbPerOrder { get; init; }
    public required double AllocatedKbPerOrder { get; init; }

    /// <summary>Worker, postgres, rabbitmq and issuer together.</summary>
    public required double CpuMsPerOrder { get; init; }

    /// <summary>By group of processes; the load's own is here and not in the sum.</summary>
    public required IReadOnlyDictionary<string, double> CpuMsPerOrderOf { get; init; }
    public required double P50Ms { get; init; }
    public required double P99Ms { get; init; }
    public required double MaxMs { get; init; }

    /// <summary>Of the open loop's first seconds, which are not in the figures above; null of a flood.</summary>
    public double? ColdP99Ms { get; init; }

    /// <summary>How long the issuer took meanwhile, measured there.</summary>
    public double IssuerP50Ms { get; init; }
    public double IssuerP99Ms { get; init; }

    /// <summary>Rows of the backlog that went meanwhile, per second; null without one.</summary>
    public double? DrainedPerSecond { get; init; }
    public double ReadyMs { get; init; }
    public double PeakRssMb { get; init; }
    public double FinalRssMb { get; init; }
    public required IReadOnlyList<Sample> Samples { get; init; }

    public static RunResult Of(Mode mode, Flow flow, Tally tally, Meter spent, long? commits, IReadOnlyList<Sample> samples)
    {
        double orders = tally.Orders;
        var latencies = tally.LatenciesMs();
        double? Kept(double value) => mode.Persists ? Math.Round(value / orders, 3) : null;
        return new RunResult
        {
            Mode = mode.Name,
            Flow = flow.Name,
            Orders = tally.Orders,
            Refunds = tally.Refunds,
            Seconds = Math.Round(tally.Took.TotalSeconds, 3),
            OrdersPerSecond = Math.Round(orders / tally.Took.TotalSeconds, 1),
            CommitsPerOrder = commits is { } counted ? Math.Round(counted / orders, 3) : null,
            StatementsPerOrder = Kept(spent.Statements),
            RoundTripsPerOrder = Kept(spent.RoundTrips),
            WalKbPerOrder = Kept(spent.WalBytes / 1024.0),
            AllocatedKbPerOrder = Math.Round(spent.AllocatedBytes / 1024.0 / orders, 1),
            CpuMsPerOrder = Math.Round(spent.CpuMs.Where(pair => pair.Key != Meter.Load).Sum(pair => pair.Value) / orders, 2),
            CpuMsPerOrderOf = spent.CpuMs.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value / orders, 2)),
            P50Ms = Math.Round(Percentiles.Of(latencies, 0.5), 1),
            P99Ms = Math.Round(Percentiles.Of(latencies, 0.99), 1),
            MaxMs = Math.Round(Percentiles.Of(latencies, 1), 1),
            Samples = samples,
        };
    }
}

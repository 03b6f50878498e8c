using System.Text.Json;
using Loyalty.Messaging.Benchmarks.Limits;
using Loyalty.Messaging.Benchmarks.Running;

namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>The whole report: the five figures that are looked at first, then everything.</summary>
internal sealed record Report
{
    const string Database = "postgresql";
    static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web);
    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Medians of the product as configured by default, orders without refunds; p99 of the open loop.</summary>
    public required double? OrdersPerSecond { get; init; }
    public required double? CommitsPerOrder { get; init; }
    public required double? StatementsPerOrder { get; init; }
    public required double? CpuMsPerOrder { get; init; }
    public required double? P99Ms { get; init; }

    /// <summary>The mode these figures are of: the product as configured by default, when it took part.</summary>
    public required string Mode { get; init; }
    public required int Processors { get; init; }
    public required IReadOnlyDictionary<string, object?> Options { get; init; }

    /// <summary>Flow, mode, figures.</summary>
    public required IReadOnlyDictionary<string, Dictionary<string, ModeReport>> Flows { get; init; }

    /// <summary>The machine's own limits, in orders per second.</summary>
    public required IReadOnlyDictionary<string, Spread> Limits { get; init; }

    /// <summary>Medians of orders per second of the first, as a share of the second's.</summary>
    public required IReadOnlyDictionary<string, double> Ratios { get; init; }

    /// <summary>Every run with its looks over time; not in the one line.</summary>
    public IReadOnlyList<RunResult>? Runs { get; init; }

    public static Report Of(Options options, Findings findings)
    {
        var flows = findings
            .Runs.GroupBy(run => run.Flow)
            .ToDictionary(
                flow => flow.Key,
                flow => flow.GroupBy(run => run.Mode).ToDictionary(mode => mode.Key, mode => ModeReport.Of([.. mode]))
            );
        var first = options.Modes.Contains(Modes.Mode.Group) ? Modes.Mode.Group.Name : options.Modes[0].Name;
        var flat = Figures(flows, first, Flow.OrdersOnly, Flow.Soak);
        var limits = new Dictionary<string, Spread>();
        if (findings.DatabaseOrders.Count > 0)
        {
            limits[Database] = Spread.Of(findings.DatabaseOrders);
            limits["rabbitMq"] = Spread.Of(
                findings.BrokerMessages.Select(messages => Math.Round(messages / BrokerLimit.MessagesPerOrder, 1))
            );
        }
        return new Report
        {
            OrdersPerSecond = flat?.OrdersPerSecond.Median,
            CommitsPerOrder = flat?.CommitsPerOrder?.Median,
            StatementsPerOrder = flat?.StatementsPerOrder?.Median,
            CpuMsPerOrder = flat?.CpuMsPerOrder.Median,
            P99Ms = Figures(flows, first, Flow.Paced, Flow.Soak)?.P99Ms.Median,
            Mode = first,
            Processors = Environment.ProcessorCount,
            Options = new Dictionary<string, object?>
            {
                ["orders"] = options.Orders,
                ["warmUp"] = options.WarmUp,
                ["runs"] = options.Runs,
                ["rate"] = options.Rate,
                ["refunds"] = options.Refunds,
                ["issuerDelayMs"] = options.IssuerDelay.TotalMilliseconds,
                ["workers"] = options.Workers,
                ["minutes"] = options.Minutes,
            },
            Flows = flows,
            Limits = limits,
            Ratios = RatiosOf(flows, limits),
            Runs = findings.Runs,
        };
    }

    public string ToLine() => JsonSerializer.Serialize(this with { Runs = null }, OneLine);

    public string ToDocument() => JsonSerializer.Serialize(this, Indented);

    static ModeReport? Figures(Dictionary<string, Dictionary<string, ModeReport>> flows, string mode, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (flows.TryGetValue(name, out var flow) && flow.TryGetValue(mode, out var figures))
                return figures;
        return null;
    }

    /// <summary>The product with its references, and the product under a burden with itself without.</summary>
    static bool IsCompared(string mode, string other) =>
        IsBurdened(mode)
            ? other == Modes.Mode.Group.Name
            : mode != Modes.Mode.Bare.Name && mode != other && other != Modes.Mode.Group.Name && !IsBurdened(other);

    static bool IsBurdened(string mode) => Modes.Mode.All.Any(known => known.Name == mode && known.Burdened);

    static Dictionary<string, double> RatiosOf(Dictionary<string, Dictionary<string, ModeReport>> flows, Dictionary<string, Spread> limits)
    {
        var ratios = new Dictionary<string, double>();
        if (!flows.TryGetValue(Flow.OrdersOnly, out var modes))
            return ratios;
        foreach (var mode in modes)
        {
            foreach (var other in modes.Where(other => IsCompared(mode.Key, other.Key)))
                ratios[$"{mode.Key}/{other.Key}"] = Math.Round(mode.Value.OrdersPerSecond.Median / other.Value.OrdersPerSecond.Median, 2);
            foreach (var limit in limits.Where(limit => limit.Key != Database || mode.Key != Modes.Mode.Bare.Name))
                ratios[$"{mode.Key}/{limit.Key}"] = Math.Round(mode.Value.OrdersPerSecond.Median / limit.Value.Median, 2);
        }
        return ratios;
    }
}

using System.Text;
using Loyalty.Messaging.Benchmarks.Running;

namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>The report for the person at the terminal: min/median/max where it says so, medians elsewhere.</summary>
internal static class Table
{
    const string Absent = "-";
    static readonly (string Title, Func<ModeReport, string> Read)[] Flat =
    [
        ("orders/s min/med/max", figures => figures.OrdersPerSecond.Text("0")),
        ("CPU ms min/med/max", figures => figures.CpuMsPerOrder.Text("0.00")),
        ("worker", figures => Cpu(figures, "worker")),
        ("postgres", figures => Cpu(figures, "postgres")),
        ("rabbitmq", figures => Cpu(figures, "rabbitmq")),
        ("issuer", figures => Cpu(figures, "issuer")),
        ("commits", figures => Median(figures.CommitsPerOrder, "0.00")),
        ("statements", figures => Median(figures.StatementsPerOrder, "0.00")),
        ("round trips", figures => Median(figures.RoundTripsPerOrder, "0.00")),
        ("WAL KB", figures => Median(figures.WalKbPerOrder, "0.0")),
        ("alloc KB", figures => Median(figures.AllocatedKbPerOrder, "0")),
        ("peak MB", figures => Median(figures.WorkerPeakMb, "0")),
        ("ready s", figures => (figures.WorkerReadyMs.Median / 1000).ToString("0.0", null)),
    ];

    static readonly (string Title, Func<ModeReport, string> Read)[] Open =
    [
        ("orders/s", figures => Median(figures.OrdersPerSecond, "0")),
        ("p50 ms min/med/max", figures => figures.P50Ms.Text("0.0")),
        ("p99 ms min/med/max", figures => figures.P99Ms.Text("0.0")),
        ("longest ms min/med/max", figures => figures.MaxMs.Text("0.0")),
        ("issuer p50, p99 ms", figures => $"{Median(figures.IssuerP50Ms, "0.0")}, {Median(figures.IssuerP99Ms, "0.0")}"),
        ("cold p99 ms", figures => Median(figures.ColdP99Ms, "0.0")),
        ("CPU ms", figures => Median(figures.CpuMsPerOrder, "0.00")),
        ("alloc KB", figures => Median(figures.AllocatedKbPerOrder, "0")),
        ("peak MB", figures => Median(figures.WorkerPeakMb, "0")),
        ("final MB", figures => Median(figures.WorkerFinalMb, "0")),
    ];

    public static string Of(Report report)
    {
        var text = new StringBuilder();
        foreach (var (flow, modes) in report.Flows)
        {
            var figures = modes.Values.First();
            var open = flow is Flow.Paced or Flow.Soak;
            text.AppendLine()
                .AppendLine(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{flow}: {figures.Orders} orders, {figures.Refunds} refunds, {figures.Runs} "
                        + $"{(figures.Runs == 1 ? "run" : "runs")} of each mode, {(open ? "open loop" : "flat out")}; per order:"
                );
            Write(text, open ? Open : Flat, modes);
        }
        if (report.Limits.Count > 0)
            text.AppendLine().AppendLine("limits of this machine, in orders/s (min/median/max):");
        foreach (var (name, limit) in report.Limits)
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {name, -12} {limit.Text("0")}");
        if (report.Ratios.Count > 0)
            text.AppendLine().AppendLine("orders/s of the one as a share of the other's (medians):");
        foreach (var (name, ratio) in report.Ratios)
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {name, -20} {ratio:0.00}");
        return text.ToString();
    }

    static void Write(StringBuilder text, (string Title, Func<ModeReport, string> Read)[] columns, Dictionary<string, ModeReport> modes)
    {
        List<string[]> rows =
        [
            ["mode", .. columns.Select(column => column.Title)],
            .. modes.Select(mode => (string[])[mode.Key, .. columns.Select(column => column.Read(mode.Value))]),
        ];
        foreach (var row in rows)
            text.Append("  ")
                .AppendLine(
                    string.Join("  ", row.Select((cell, index) => cell.PadRight(rows.Max(other => other[index].Length)))).TrimEnd()
                );
    }

    static string Cpu(ModeReport figures, string group) => Median(figures.CpuMsPerOrderOf[group], "0.00");

    static string Median(Spread? spread, string format) => spread?.Median.ToString(format, null) ?? Absent;
}

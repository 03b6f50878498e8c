using System.Globalization;
using System.Text;
using Loyalty.Messaging.Benchmarks.Measuring;
using Loyalty.Messaging.Benchmarks.Running;

namespace Loyalty.Messaging.Benchmarks.Reporting;

/// <summary>A flow over time as SVG: three panels over one axis of seconds, a line per mode.</summary>
internal static class Plot
{
    const int Width = 900;
    const int Left = 80;
    const int Right = 20;
    const int Top = 70;
    const int PanelHeight = 170;
    const int Gap = 50;
    const int Ticks = 5;
    static readonly string[] Colours = ["#1f5fbf", "#c8501e", "#3c8a3c", "#7a4fa3"];

    static readonly (string Title, Func<Sample, double> Read)[] Panels =
    [
        ("outcomes of orders heard per second", sample => sample.OrdersPerSecond),
        ("messages waiting in queues", sample => sample.Ready),
        ("memory of the workers, MB", sample => sample.WorkerMb),
    ];

    /// <param name="runs">One run for each mode.</param>
    public static string Of(string flow, IReadOnlyList<RunResult> runs)
    {
        var height = Top + (Panels.Length * (PanelHeight + Gap)) + 20;
        var svg = new StringBuilder();
        Line(
            svg,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}"
              font-family="sans-serif" font-size="13" fill="#222">
            """
        );
        Line(svg, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"26\" font-size=\"17\">{flow}: {runs[0].Orders} orders, {runs[0].Refunds} refunds</text>");
        for (var index = 0; index < runs.Count; index++)
        {
            Line(
                svg,
                $"<rect x=\"{Left + (index * 110)}\" y=\"40\" width=\"22\" height=\"4\" fill=\"{Colours[index % Colours.Length]}\"/>"
            );
            Line(svg, $"<text x=\"{Left + 28 + (index * 110)}\" y=\"47\">{runs[index].Mode}</text>");
        }
        var seconds = NiceMost(runs.Max(run => run.Samples.Max(sample => sample.Seconds)));
        for (var panel = 0; panel < Panels.Length; panel++)
            WritePanel(svg, Top + (panel * (PanelHeight + Gap)), Panels[panel].Title, Panels[panel].Read, runs, seconds);
        Line(
            svg,
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{height - 8}\" text-anchor=\"middle\">seconds since the first publication</text>"
        );
        return svg.AppendLine("</svg>").ToString();
    }

    static void WritePanel(
        StringBuilder svg,
        int top,
        string title,
        Func<Sample, double> read,
        IReadOnlyList<RunResult> runs,
        double seconds
    )
    {
        var most = NiceMost(runs.Max(run => run.Samples.Max(read)));
        double X(double value) => Left + (value / seconds * (Width - Left - Right));
        double Y(double value) => top + PanelHeight - (value / most * PanelHeight);
        Line(svg, $"<text x=\"{Left}\" y=\"{top - 8}\">{title}</text>");
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (value, second) = (most * tick / Ticks, seconds * tick / Ticks);
            Line(svg, $"<path d=\"M{Left} {Y(value):0.#}H{Width - Right}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{Left - 8}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value:0.##}</text>");
            Line(svg, $"<path d=\"M{X(second):0.#} {top}V{top + PanelHeight}\" stroke=\"#eee\"/>");
            Line(svg, $"<text x=\"{X(second):0.#}\" y=\"{top + PanelHeight + 17}\" text-anchor=\"middle\">{second:0.##}</text>");
        }
        Line(svg, $"<path d=\"M{Left} {top}V{top + PanelHeight}H{Width - Right}\" fill=\"none\" stroke=\"#222\"/>");
        for (var index = 0; index < runs.Count; index++)
        {
            var points = string.Join(
                ' ',
                runs[index]
                    .Samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{X(sample.Seconds):0.#},{Y(read(sample)):0.#}"))
            );
            Line(svg, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colours[index % Colours.Length]}\" stroke-width=\"1.8\"/>");
        }
    }

    /// <summary>The next of 1, 2, 2.5, 5 times a power of ten.</summary>
    static double NiceMost(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1))));
        return power * new[] { 1, 2, 2.5, 5, 10 }.First(step => step * power >= value);
    }

    static void Line(StringBuilder svg, FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}

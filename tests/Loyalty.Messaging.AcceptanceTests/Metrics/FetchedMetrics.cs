using System.Globalization;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.AcceptanceTests.Metrics;

/// <summary>What Prometheus would read at <c>/metrics</c>.</summary>
internal sealed partial class FetchedMetrics(string text)
{
    static readonly HttpClient Http = new();

    public string Text => text;

    /// <summary>Names of what is ours.</summary>
    public IReadOnlyCollection<string> Ours { get; } =
    [.. Family().Matches(text).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("loyalty", StringComparison.Ordinal))];

    public static async Task<FetchedMetrics> FromAsync(Uri address) => new(await Http.GetStringAsync(new Uri(address, "/metrics")));

    /// <summary>The sum of the series with these labels, each as <c>name="value"</c>; null when there is none.</summary>
    public double? Sum(string name, params string[] labels)
    {
        var values = Series()
            .Matches(text)
            .Where(match =>
                match.Groups["name"].Value == name
                && Array.TrueForAll(labels, label => Regex.IsMatch(match.Groups["labels"].Value, $"(^|,){Regex.Escape(label)}(,|$)"))
            )
            .Select(match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture))
            .ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>[^}]*)\})? (?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex Series();
}

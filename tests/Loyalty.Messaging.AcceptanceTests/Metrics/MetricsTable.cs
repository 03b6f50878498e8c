using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Metrics;

/// <summary>The table that operators read.</summary>
internal static partial class MetricsTable
{
    public static IReadOnlyList<Row> Rows { get; } =
    [
        .. Line()
            .Matches(Section())
            .Select(match => new Row(match.Groups["name"].Value, match.Groups["unit"].Value, match.Groups["of"].Value)),
    ];

    /// <summary>What a process of this kind shows.</summary>
    public static IEnumerable<Row> Of(string kind) => Rows.Where(row => row.Of == kind || row.Of == "both");

    static string Section() =>
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/README.md"))
            .Split("\n## ")
            .Single(section => section.StartsWith("Metrics\n", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^\| `(?<name>[a-z._]+)` \| (–|`(?<unit>[^`]+)`) \| (?<of>worker|ops|both) \| [^|]{10,} \| [^|]{5,} \|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Line();

    /// <param name="Of"><c>worker</c>, <c>ops</c> or <c>both</c>.</param>
    internal sealed record Row(string Name, string Unit, string Of)
    {
        /// <summary>As Prometheus has it; what only grows ends in <c>_total</c> as well.</summary>
        public string Fetched => Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "");
    }
}

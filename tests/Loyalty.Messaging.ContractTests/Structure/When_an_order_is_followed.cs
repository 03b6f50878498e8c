using System.Text.RegularExpressions;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>The page that names every hop of an order names what there is, and the way does not grow.</summary>
public sealed partial class When_an_order_is_followed
{
    const string Page = "docs/design/delivery.md";
    const int Most = 55;

    static readonly string[] Sources =
    [
        .. new[] { "src", "contracts/dotnet" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Approved.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText),
    ];

    public static TheoryData<string> Hops =>
        [.. Hop().Matches(File.ReadAllText(Path.Combine(Approved.Root, Page))).Select(hop => hop.Value).Distinct()];

    [Theory, MemberData(nameof(Hops))]
    public void Each_hop_is_a_method_of_ours(string hop)
    {
        var names = hop.Trim('`').Split('.');
        var declared = new Regex($@"\b(class|record|struct) {names[^2]}\b");

        Assert.Contains(Sources, source => declared.IsMatch(source) && Regex.IsMatch(source, $@"\b{names[^1]}[(<]"));
    }

    [Fact]
    public void There_are_no_more_than_there_were() =>
        Assert.InRange(File.ReadLines(Path.Combine(Approved.Root, Page)).Count(line => Number().IsMatch(line)), 1, Most);

    [GeneratedRegex(@"`[A-Z]\w+(\.[A-Z]\w+)+`")]
    private static partial Regex Hop();

    [GeneratedRegex(@"^\d+\. ")]
    private static partial Regex Number();
}

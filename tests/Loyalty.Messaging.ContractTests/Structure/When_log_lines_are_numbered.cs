using System.Text.RegularExpressions;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>A log line is known by its number: an alert on it must mean one thing.</summary>
public sealed partial class When_log_lines_are_numbered
{
    [Fact]
    public void No_number_is_used_twice()
    {
        var numbers = Directory
            .EnumerateFiles(Path.Combine(Approved.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(file => Numbers().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToList();
        Assert.True(numbers.Count > 50, "the log lines are not where they are looked for");
        Assert.Empty(numbers.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(\d+)")]
    private static partial Regex Numbers();
}

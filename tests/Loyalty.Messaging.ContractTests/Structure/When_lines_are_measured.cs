using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>
/// The formatter breaks code and leaves text, SQL, markup and styles as they are: whoever writes those breaks them too. Data stays as it
/// goes over the wire.
/// </summary>
public sealed class When_lines_are_measured
{
    const int Most = 140;

    /// <summary>What somebody writes; the empty one is of scripts.</summary>
    static readonly string[] Written = [".cs", ".razor", ".css", ".js", ".svg", ".sh", "", ".md", ".yaml", ".yml", ".csproj", ".props"];

    [Fact]
    public void No_line_is_longer_than_a_reader_sees()
    {
        var files = new[] { "src", "tests", "contracts", "deploy", "docs", ".ci" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Approved.Root, folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Approved.Root))
            .Where(file => Written.Contains(Path.GetExtension(file)) && !IsNotOurs(file))
            .ToList();
        Assert.True(files.Count > 700, "the sources are not where they are looked for");
        Assert.Empty(
            from file in files
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where line.Text.Length > Most && !IsData(file, line.Text)
            select $"{Path.GetRelativePath(Approved.Root, file)}:{line.Number} has {line.Text.Length} characters, more than {Most}"
        );
    }

    /// <summary>JSON, a row of a table, or a command that is copied as a whole; in a drawing a path.</summary>
    static bool IsData(string file, string line) =>
        Path.GetExtension(file) switch
        {
            ".cs" or ".md" or ".sh" or "" => line.Contains("\":", StringComparison.Ordinal)
                || line.Contains("\" :", StringComparison.Ordinal)
                || line.TrimStart().StartsWith('|')
                || line.StartsWith("    ./dev", StringComparison.Ordinal)
                || line.StartsWith("    deploy/", StringComparison.Ordinal),
            ".svg" => line.Contains(" d=\"", StringComparison.Ordinal),
            _ => false,
        };

    static bool IsNotOurs(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin" or "node_modules" or "artifacts" or "Migrations");
}

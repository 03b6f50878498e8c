using System.Text.RegularExpressions;
using System.Xml.Linq;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>
/// Images are built where there is Docker, which is not everywhere the tests run: what their build needs is checked by its names.
/// </summary>
public sealed partial class When_images_are_built
{
    static readonly string[] Copied =
    [
        .. CopyLine().Matches(Read("deploy/images/Dockerfile")).SelectMany(match => match.Groups["paths"].Value.Split(' ').SkipLast(1)),
    ];

    [Fact]
    public void Everything_that_is_copied_is_sent_to_Docker()
    {
        var sent = Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        Assert.NotEmpty(Copied);
        Assert.All(Copied, path => Assert.True(IsAmong(sent, path), $"{path} is kept from Docker by .dockerignore"));
    }

    [Fact]
    public void Everything_that_a_project_names_outside_its_folder_is_copied()
    {
        var projects = Copied
            .Select(path => Path.Combine(Repository.Root, path))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .ToList();
        var outside = projects.SelectMany(project =>
            XDocument
                .Load(project)
                .Descendants()
                .Attributes("Include")
                .Where(include => include.Value.StartsWith("..", StringComparison.Ordinal))
                .Select(include => Path.GetRelativePath(Repository.Root, Path.Combine(Path.GetDirectoryName(project)!, include.Value)))
        );
        Assert.All(outside, path => Assert.True(IsAmong(Copied, path), $"{path} is not copied by deploy/images/Dockerfile"));
    }

    static bool IsAmong(IEnumerable<string> paths, string path) =>
        paths.Any(other => path == other || path.StartsWith(other + "/", StringComparison.Ordinal));

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"^COPY (?!--)(?<paths>.+)$", RegexOptions.Multiline)]
    private static partial Regex CopyLine();
}

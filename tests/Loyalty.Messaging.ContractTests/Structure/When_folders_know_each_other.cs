using System.Text.RegularExpressions;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>
/// Inside a room the arrows between folders go one way, as those between rooms do. Read from the usings, of which the compiler lets none
/// stand that is not needed.
/// </summary>
public sealed partial class When_folders_know_each_other
{
    /// <summary>Rooms whose folders may go round in a circle, with the reason.</summary>
    static readonly Dictionary<string, string> Exempt = new()
    {
        ["Sagas"] = "orders and refunds send each other messages, whose names on the wire hold their folders",
    };

    public static TheoryData<string> Rooms => [.. ProjectFiles().Select(Room).Where(room => !Exempt.ContainsKey(room))];

    [Theory, MemberData(nameof(Rooms))]
    public void No_folder_knows_itself_by_way_of_others(string room)
    {
        var arrows = ArrowsOf(ProjectFiles().Single(file => Room(file) == room));
        foreach (var folder in arrows.Keys)
        {
            var way = WayBack(folder, arrows);
            Assert.True(way is null, $"{room} has a circle: {string.Join(" → ", way ?? [])}");
        }
    }

    /// <summary>
    /// What every top-level folder of a room knows of the others. The room itself, which registers them, is above them all.
    /// </summary>
    static Dictionary<string, HashSet<string>> ArrowsOf(string project)
    {
        var room = Path.GetDirectoryName(project)!;
        var own = new Regex(
            $@"^@?using (?:static )?{Regex.Escape(Path.GetFileNameWithoutExtension(project))}\.(\w+)",
            RegexOptions.Multiline
        );
        var arrows = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(room, "*.*", SearchOption.AllDirectories).Where(file => Source().IsMatch(file)))
            if (Path.GetRelativePath(room, file).Split('/', '\\') is [var folder, _, ..] and not ["obj" or "bin", ..])
                (arrows.TryGetValue(folder, out var known) ? known : arrows[folder] = []).UnionWith(
                    own.Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(name => name != folder)
                );
        return arrows;
    }

    /// <returns>The shortest way from the folder to itself; null when there is none.</returns>
    static List<string>? WayBack(string folder, Dictionary<string, HashSet<string>> arrows)
    {
        var ways = new Queue<List<string>>([
            [folder],
        ]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ways.TryDequeue(out var way))
            foreach (var next in arrows.GetValueOrDefault(way[^1], []))
            {
                if (next == folder)
                    return [.. way, next];
                if (seen.Add(next))
                    ways.Enqueue([.. way, next]);
            }
        return null;
    }

    static IEnumerable<string> ProjectFiles() =>
        Directory.GetFiles(Path.Combine(Approved.Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    static string Room(string path) => Path.GetFileNameWithoutExtension(path).Replace("Loyalty.Messaging.", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\.(cs|razor)$")]
    private static partial Regex Source();
}

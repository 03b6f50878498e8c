using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>The arrows between rooms, read from the project files. Whoever needs a new one changes this test, and says why.</summary>
public sealed partial class When_rooms_know_each_other
{
    static readonly string[] Hosts = ["Worker", "Ops", "Cli", "Simulator"];

    /// <summary>Our projects that each one may know.</summary>
    static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Contracts"] = [],
        ["Earning"] = [],
        ["AirMiles"] = [],
        ["Simulator"] = [],
        ["Sagas"] = ["Contracts", "Earning", "AirMiles"],
        ["Persistence"] = ["Contracts", "Earning", "Sagas"],
        ["ServiceDefaults"] = ["Contracts"],
        ["DeadLetters"] = ["Contracts", "Earning", "Sagas", "Persistence", "ServiceDefaults"],
        ["Worker"] = ["Contracts", "Earning", "AirMiles", "Sagas", "Persistence", "ServiceDefaults"],
        // The sagas for their commands: whoever decides something sends one.
        ["Ops"] = ["Contracts", "Earning", "Sagas", "Persistence", "ServiceDefaults", "DeadLetters"],
        ["Cli"] = ["Contracts", "Persistence", "ServiceDefaults"],
    };

    /// <summary>Rooms whose packages are counted.</summary>
    static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Contracts"] = [],
        ["Earning"] = [],
        ["Simulator"] = [],
        ["Sagas"] = ["MassTransit", "Microsoft.Extensions.Hosting.Abstractions"],
    };

    public static TheoryData<string> Projects => [.. ProjectFiles().Select(Room)];

    [Theory, MemberData(nameof(Projects))]
    public void A_room_knows_only_the_rooms_it_may(string room)
    {
        Assert.True(Arrows.TryGetValue(room, out var allowed), $"{room} is new: say in {nameof(Arrows)} what it may know");
        Assert.Empty(References(room).Except(allowed));
        Assert.Empty(References(room).Intersect(Hosts));
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_room_brings_only_the_packages_it_may(string room)
    {
        var packages = PackagesOf(room);
        if (Packages.TryGetValue(room, out var allowed))
            Assert.Empty(packages.Except(allowed));
        if (room != "Persistence")
            Assert.DoesNotContain(packages, IsDatabase);
        if (room != "ServiceDefaults")
            Assert.DoesNotContain(packages, package => package.Contains("RabbitMQ", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Packages reach a room through other rooms as well: what counts is what its code names.</summary>
    [Fact]
    public void Only_one_room_speaks_to_the_database_and_one_to_the_broker()
    {
        Assert.Equal(["Persistence"], RoomsThatUse(DatabaseUsing()));
        Assert.Equal(["ServiceDefaults"], RoomsThatUse(BrokerUsing()));
    }

    [Fact]
    public void Every_program_is_a_list_of_rooms() =>
        Assert.All(Directory.GetFiles(Path.Combine(Approved.Root, "src"), "Program.cs", SearchOption.AllDirectories),
            file => Assert.True(File.ReadAllLines(file).Length <= 30, $"{file} has more than 30 lines"));

    [Fact]
    public void MassTransit_stays_below_version_9()
    {
        foreach (var package in XDocument.Load(Path.Combine(Approved.Root, "Directory.Packages.props")).Descendants("PackageVersion"))
            if (IsMassTransit(package.Attribute("Include")!.Value))
                Assert.StartsWith("[8.", package.Attribute("Version")!.Value, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(Approved.Root, "packages.lock.json", SearchOption.AllDirectories))
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
                if (IsMassTransit(package.Name) && package.Value.TryGetProperty("resolved", out var version))
                    Assert.StartsWith("8.", version.GetString(), StringComparison.Ordinal);
        }
    }

    static bool IsMassTransit(string package) => package.StartsWith("MassTransit", StringComparison.OrdinalIgnoreCase);

    static bool IsDatabase(string package) =>
        package.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.OrdinalIgnoreCase) || package.StartsWith("Npgsql", StringComparison.OrdinalIgnoreCase);

    static IEnumerable<string> RoomsThatUse(Regex pattern) => ProjectFiles()
        .Where(file => Directory.GetFiles(Path.GetDirectoryName(file)!, "*.cs", SearchOption.AllDirectories).Any(source => pattern.IsMatch(File.ReadAllText(source)))).Select(Room);

    static List<string> References(string room) => [.. Included(room, "ProjectReference").Select(Room)];

    static List<string> PackagesOf(string room) => [.. Included(room, "PackageReference")];

    static IEnumerable<string> Included(string room, string item) =>
        XDocument.Load(ProjectFiles().Single(file => Room(file) == room)).Descendants(item).Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    static IEnumerable<string> ProjectFiles() => ((string[])["src", "contracts"])
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Approved.Root, folder), "*.csproj", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);

    static string Room(string path) => Path.GetFileNameWithoutExtension(path).Replace("Loyalty.Messaging.", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(using|global::) ?(static )?(Microsoft\.EntityFrameworkCore|Npgsql)\b")]
    private static partial Regex DatabaseUsing();

    [GeneratedRegex(@"\b(using|global::) ?(static )?RabbitMQ\.")]
    private static partial Regex BrokerUsing();
}

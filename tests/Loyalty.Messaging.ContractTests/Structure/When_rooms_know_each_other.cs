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
        // Delivery's sagas are anybody's: what it knows of ours is what a saga may leave behind, and where dead letters go.
        ["Delivery"] = ["Contracts", "Sagas"],
        // For the way out of the outbox, which it is.
        ["RabbitMq"] = ["Contracts", "Sagas", "Delivery"],
        ["Store"] = ["Contracts", "Earning", "Sagas", "Delivery"],
        ["Jobs"] = ["Sagas", "Delivery", "Store"],
        ["DeadLetters"] = ["Contracts", "Earning", "Sagas", "Delivery", "RabbitMq", "Store", "Jobs"],
        ["ServiceDefaults"] = ["Sagas"],
        ["Worker"] = ["Contracts", "Earning", "AirMiles", "Sagas", "Delivery", "RabbitMq", "Store", "ServiceDefaults"],
        // The sagas for their commands: whoever decides something sends one.
        ["Ops"] = ["Contracts", "Earning", "Sagas", "Delivery", "RabbitMq", "Store", "Jobs", "DeadLetters", "ServiceDefaults"],
        ["Cli"] = ["Contracts", "Sagas", "RabbitMq", "Store", "ServiceDefaults"],
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
        if (room is not ("Delivery" or "Store"))
            Assert.DoesNotContain(packages, IsDatabase);
        if (room != "RabbitMq")
            Assert.DoesNotContain(packages, package => package.Contains("RabbitMQ", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Packages reach a room through other rooms as well: what counts is what its code names.</summary>
    [Fact]
    public void Two_rooms_speak_to_the_database_and_one_to_the_broker()
    {
        Assert.Equal(["Delivery", "Store"], RoomsThatUse(DatabaseUsing()).Order(StringComparer.Ordinal));
        Assert.Equal(["RabbitMq"], RoomsThatUse(BrokerUsing()));
    }

    [Fact]
    public void Delivery_knows_nothing_of_what_it_delivers() => Assert.DoesNotContain("Delivery", RoomsThatUse(BusinessWord()));

    /// <summary>
    /// Where a project lies says what it may know: hosts know operations, operations know messaging, and those know the domain.
    /// </summary>
    [Theory, MemberData(nameof(Projects))]
    public void A_room_knows_nothing_above_it(string room)
    {
        string[] layers = ["contracts", "issuer", "domain", "messaging", "operations", "hosts"];
        int LayerOf(string each) =>
            Array.FindIndex(
                layers,
                layer =>
                    Path.GetRelativePath(Approved.Root, ProjectFiles().Single(file => Room(file) == each)).Split('/', '\\').Contains(layer)
            );
        Assert.All(References(room), known => Assert.True(LayerOf(known) <= LayerOf(room), $"{room} must not know {known}"));
    }

    [Fact]
    public void Every_program_is_a_list_of_rooms() =>
        Assert.All(
            Directory.GetFiles(Path.Combine(Approved.Root, "src"), "Program.cs", SearchOption.AllDirectories),
            file => Assert.True(File.ReadAllLines(file).Length <= 30, $"{file} has more than 30 lines")
        );

    [Fact]
    public void MassTransit_stays_below_version_9()
    {
        foreach (var package in XDocument.Load(Path.Combine(Approved.Root, "Directory.Packages.props")).Descendants("PackageVersion"))
            if (IsMassTransit(package.Attribute("Include")!.Value))
                Assert.StartsWith("[8.", package.Attribute("Version")!.Value, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(Approved.Root, "packages.lock.json", SearchOption.AllDirectories))
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(file));
            foreach (
                var package in locked
                    .RootElement.GetProperty("dependencies")
                    .EnumerateObject()
                    .SelectMany(framework => framework.Value.EnumerateObject())
            )
                if (IsMassTransit(package.Name) && package.Value.TryGetProperty("resolved", out var version))
                    Assert.StartsWith("8.", version.GetString(), StringComparison.Ordinal);
        }
    }

    static bool IsMassTransit(string package) => package.StartsWith("MassTransit", StringComparison.OrdinalIgnoreCase);

    static bool IsDatabase(string package) =>
        package.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.OrdinalIgnoreCase)
        || package.StartsWith("Npgsql", StringComparison.OrdinalIgnoreCase);

    static IEnumerable<string> RoomsThatUse(Regex pattern) =>
        ProjectFiles()
            .Where(file =>
                Directory
                    .GetFiles(Path.GetDirectoryName(file)!, "*.cs", SearchOption.AllDirectories)
                    .Any(source => pattern.IsMatch(File.ReadAllText(source)))
            )
            .Select(Room);

    static List<string> References(string room) => [.. Included(room, "ProjectReference").Select(Room)];

    static List<string> PackagesOf(string room) => [.. Included(room, "PackageReference")];

    static IEnumerable<string> Included(string room, string item) =>
        XDocument
            .Load(ProjectFiles().Single(file => Room(file) == room))
            .Descendants(item)
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    static IEnumerable<string> ProjectFiles() =>
        ((string[])["src", "contracts"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Approved.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);

    static string Room(string path) => Path.GetFileNameWithoutExtension(path).Replace("Loyalty.Messaging.", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(using|global::) ?(static )?(Microsoft\.EntityFrameworkCore|Npgsql)\b")]
    private static partial Regex DatabaseUsing();

    [GeneratedRegex(@"OrderId|RefundId|\b(orders|[Rr]efunds?|[Mm]iles)\b")]
    private static partial Regex BusinessWord();

    [GeneratedRegex(@"\b(using|global::) ?(static )?RabbitMQ\.")]
    private static partial Regex BrokerUsing();
}

using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>What a page points to is there, and what can be set is said.</summary>
public sealed partial class When_documents_are_read
{
    const string Configuration = "docs/configuration.md";

    /// <summary>By section: the file and the class whose properties are settings.</summary>
    static readonly (string Section, string File, string Class)[] Options =
    [
        ("RabbitMq", "src/messaging/Loyalty.Messaging.RabbitMq/Broker/RabbitMqOptions.cs", "RabbitMqOptions"),
        ("Collectors", "src/hosts/Loyalty.Messaging.ServiceDefaults/CollectorOptions.cs", "CollectorOptions"),
        ("Outbox", "src/messaging/Loyalty.Messaging.Delivery/Outbox/OutboxOptions.cs", "OutboxOptions"),
        ("AirMiles", "src/issuer/Loyalty.Messaging.AirMiles/AirMilesOptions.cs", "AirMilesOptions"),
        ("Timing", "src/hosts/Loyalty.Messaging.Worker/TimingOptions.cs", "TimingOptions"),
        ("Plausibility", "src/domain/Loyalty.Messaging.Sagas/Plausibility/PlausibilityOptions.cs", "PlausibilityOptions"),
        ("Earning", "src/hosts/Loyalty.Messaging.Worker/SagaTermsConfiguration.cs", "EarningOptions"),
        ("Ops", "src/hosts/Loyalty.Messaging.Ops/Access/AccessOptions.cs", "AccessOptions"),
        ("Ops", "src/hosts/Loyalty.Messaging.Ops/DeadLetters/DeadLetterOptions.cs", "DeadLetterOptions"),
        ("Ops__Approval", "src/hosts/Loyalty.Messaging.Ops/DeadLetters/DeadLetterOptions.cs", "ApprovalOptions"),
        ("Ops__Oidc", "src/hosts/Loyalty.Messaging.Ops/Access/OidcOptions.cs", "OidcOptions"),
        ("Ops__Keys__N", "src/hosts/Loyalty.Messaging.Ops/Access/AccessOptions.cs", "AccessKeyOptions"),
    ];

    /// <summary>Settings that are read one by one, or belong to a tool, and lists of rules that have pages of their own.</summary>
    static readonly string[] Others =
    [
        "ConnectionStrings__Loyalty",
        "Metrics__Url",
        "KEY__File",
        "Ops__Key",
        "Ops__Url",
        "Ops__StuckAfter",
        "Earning__Base",
        "Earning__Bonuses",
        "Reconciliation__Columns",
        "Simulator",
    ];

    public static TheoryData<string> Documents =>
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
                .Where(file => !Skipped().IsMatch(file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Documents))]
    public void What_it_links_to_and_the_files_that_it_names_are_there(string document)
    {
        var text = Code().Replace(Read(document), "");
        var folder = Path.GetDirectoryName(document)!;
        var missing = new List<string>();
        foreach (var target in Link().Matches(text).Select(link => link.Groups[1].Value).Where(target => !Scheme().IsMatch(target)))
        {
            var parts = target.Split('#');
            var path =
                parts[0] == ""
                    ? document
                    : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, folder, parts[0])));
            if (!Path.Exists(Path.Combine(Repository.Root, path)))
                missing.Add(target);
            else if (parts.Length > 1 && path.EndsWith(".md", StringComparison.Ordinal) && !AnchorsOf(path).Contains(parts[1]))
                missing.Add($"{target} (no such heading)");
        }
        missing.AddRange(
            NamedFile()
                .Matches(text)
                .Select(name => name.Groups[1].Value)
                .Where(name =>
                    !Path.Exists(Path.Combine(Repository.Root, name)) && !Path.Exists(Path.Combine(Repository.Root, folder, name))
                )
        );
        Assert.Empty(missing);
    }

    [Theory, MemberData(nameof(Documents))]
    public void Every_setting_that_it_names_exists(string document)
    {
        var known = Settings().Select(setting => setting.Key).Concat(Others).ToList();
        List<string> unknown = [.. NamedIn(document).Where(name => !known.Exists(setting => IsOrIsIn(name, setting)))];
        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_setting_has_a_row_in_the_page_of_settings()
    {
        var named = NamedIn(Configuration);
        Assert.NotEmpty(named);
        List<string> unnamed =
        [
            .. Settings().Select(setting => setting.Key).Where(setting => !named.Exists(name => IsOrIsIn(name, setting))),
        ];
        Assert.Empty(unnamed);
    }

    static bool IsOrIsIn(string name, string setting) => name == setting || name.StartsWith(setting + "__", StringComparison.Ordinal);

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    static HashSet<string> AnchorsOf(string path) =>
        [
            .. Heading()
                .Matches(Code().Replace(Read(path), ""))
                .Select(heading =>
                    Punctuation()
                        .Replace(LinkedText().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "$1"), "")
                        .Replace(' ', '-')
                ),
        ];

    /// <summary>The values among the properties; what is code can only be set by code.</summary>
    static IEnumerable<(string Key, string Type)> Settings() =>
        from options in Options
        let text = Read(options.File)
        let start = text.IndexOf($"class {options.Class}", StringComparison.Ordinal)
        from property in Property().Matches(text[start..text.IndexOf("\n}", start, StringComparison.Ordinal)])
        where !property.Groups[1].Value.StartsWith("Func<", StringComparison.Ordinal)
        select ($"{options.Section}__{property.Groups[2].Value}", property.Groups[1].Value);

    /// <summary>As pages write them: <c>`A__B`, `__C`</c> is A__B and A__C, and <c>`A__{B,C}`</c> is the same.</summary>
    static List<string> NamedIn(string document)
    {
        var names = new List<string>();
        foreach (var line in Read(document).Split('\n'))
        {
            var prefix = "";
            foreach (Match span in SettingName().Matches(line))
            {
                var name = span.Groups[1].Value != "" ? span.Groups[1].Value + span.Groups[2].Value : prefix + span.Groups[2].Value;
                if (span.Groups[1].Value != "")
                    prefix = name[..name.LastIndexOf("__", StringComparison.Ordinal)];
                var choices = Choices().Match(name);
                // Elements of a list that another line names.
                if (!name.StartsWith("__", StringComparison.Ordinal) && !ListElement().IsMatch(name))
                    names.AddRange(
                        choices.Success ? choices.Groups[1].Value.Split(',').Select(choice => name[..choices.Index] + choice) : [name]
                    );
            }
        }
        return names;
    }

    [GeneratedRegex(@"^(artifacts|TestResults|\.dev)/|(^|/)(node_modules|bin|obj)/")]
    private static partial Regex Skipped();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Scheme();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkedText();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"`([\w.\-]+(?:/[\w.\-]+)+\.(?:cs|md|json|ya?ml|sh|sql|csproj|m?js|svg|png))`")]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"public (?:required )?([\w<>?\[\], .]+?) (\w+) \{ get; (?:private )?(?:set|init);")]
    private static partial Regex Property();

    [GeneratedRegex(@"`([A-Z]\w*?)?((?:__[A-Z0-9{][A-Za-z0-9{},…]*|__…)+)`")]
    private static partial Regex SettingName();

    [GeneratedRegex(@"\{([^}]*)\}$")]
    private static partial Regex Choices();

    [GeneratedRegex("^(SponsorCodes|IssuanceOfferCodes|RejectedCollectors)__")]
    private static partial Regex ListElement();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// What an event says about itself beside its content. The exchange decides which event it is; what names the other one, or a version that
/// is not known here, was meant for somebody else and is refused. Names that are not ours are the publisher's own business.
/// </summary>
internal sealed partial class EventDeclaration(CommerceEventKind kind)
{
    const string KnownVersion = "1";
    readonly List<ContractViolation> _violations = [];

    /// <param name="types">Names such as <c>com.shop.order-completed.v1</c>; one that is right is enough.</param>
    public void Types(string field, IReadOnlyCollection<string> types)
    {
        var names = types.Select(type => (Name: Letters(TypeVersion().Replace(type, "")), Version: TypeVersion().Match(type))).ToList();
        if (!names.Exists(type => Names(type.Name, kind)) && names.Exists(type => Names(type.Name, kind.Other)))
            _violations.Add(
                new(field, $"names {kind.Other.Name}, but the event was published to {kind.Exchange}; publish it to {kind.Other.Exchange}")
            );
        foreach (var type in names.Where(type => type.Version.Success && Names(type.Name, kind)))
            Version(field, type.Version.Groups["major"].Value);
    }

    /// <param name="schema">Read when it is one of ours: <c>urn:loyalty:events:order-completed:v1</c>, or a path that ends as in the
    /// contract's folder.</param>
    public void Schema(string field, string? schema)
    {
        if (schema is null || OurSchema().Match(schema) is not { Success: true } ours)
            return;
        if (ours.Groups["name"].Value == kind.Other.Name)
            _violations.Add(
                new(field, $"names {kind.Other.Name}, but the event was published to {kind.Exchange}; publish it to {kind.Other.Exchange}")
            );
        Version(field, ours.Groups["major"].Value);
    }

    /// <summary>The parameter <c>version</c> of a content type: <c>application/json; version=1</c>.</summary>
    public void Parameter(string field, string? contentType)
    {
        if (contentType is null || VersionParameter().Match(contentType) is not { Success: true } version)
            return;
        if (version.Groups["major"].Success)
            Version(field, version.Groups["major"].Value);
        else
            _violations.Add(new(field, $"has a version that is not a number; version {KnownVersion} is known here"));
    }

    /// <exception cref="ContractViolationException">It says that it is another event or version.</exception>
    public void Agreed()
    {
        if (_violations.Count > 0)
            throw new ContractViolationException(kind.Name, _violations);
    }

    void Version(string field, string major)
    {
        if (major.TrimStart('0') != KnownVersion)
            _violations.Add(
                new(
                    field,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"says version {major}, but only version {KnownVersion} is known here; "
                            + $"publish version {KnownVersion} as well, or update the worker first"
                    )
                )
            );
    }

    static bool Names(string letters, CommerceEventKind kind) => letters.EndsWith(Letters(kind.Name), StringComparison.OrdinalIgnoreCase);

    static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit));

    [GeneratedRegex(@"[./:][vV](?<major>\d{1,9})(\.\d{1,9})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypeVersion();

    [GeneratedRegex(
        @"(^|[/:])(?<name>order-completed|order-refunded)[/:]v(?<major>\d{1,9})(/schema\.json)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OurSchema();

    [GeneratedRegex(
        @";\s*version\s*=\s*(""?v?(?<major>\d{1,9})(\.\d{1,9})*""?\s*(;|\z)|[^;]*)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex VersionParameter();
}

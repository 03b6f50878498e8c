using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>The records' own documentation, as plain text for a schema's readers.</summary>
internal sealed partial class XmlDocs(Assembly assembly)
{
    readonly Dictionary<string, XElement> _members = XDocument
        .Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    public string? Of(Type type) => Summary($"T:{type.FullName}");

    public string? Of(Type type, string property) => Summary($"P:{type.FullName}.{property}");

    string? Summary(string member)
    {
        if (!_members.TryGetValue(member, out var found) || found.Element("summary") is not { } summary)
            return null;
        return Space().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
    }

    string Text(XNode node) =>
        node switch
        {
            XElement { Name.LocalName: "see" } see => Meant(see.Attribute("cref")!.Value),
            XElement element => element.Value,
            XText text => text.Value,
            _ => "",
        };

    /// <summary>A property is meant as the field of the JSON, a constant as its value.</summary>
    string Meant(string cref)
    {
        var (kind, name) = (cref[0], cref.Split('.')[^1]);
        return kind switch
        {
            'P' => char.ToLowerInvariant(name[0]) + name[1..],
            'F' => (string)assembly.GetType(cref[2..cref.LastIndexOf('.')], throwOnError: true)!.GetField(name)!.GetRawConstantValue()!,
            _ => name,
        };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}

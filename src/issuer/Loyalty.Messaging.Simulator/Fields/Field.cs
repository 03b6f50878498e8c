using System.Text.Json;

namespace Loyalty.Messaging.Simulator.Fields;

/// <summary>One member of a request: its name, whether it must be there, and what is wrong with a value.</summary>
/// <param name="Name">As the contract spells it.</param>
/// <param name="Required">Absence is an error.</param>
/// <param name="FlawOf">A sentence that begins with the given path, or null for a good value.</param>
internal sealed record Field(string Name, bool Required, Func<JsonElement, string, string?> FlawOf);

/// <summary>An object with exactly these fields.</summary>
internal sealed class Shape(params Field[] fields)
{
    readonly Dictionary<string, Field> _fields = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The first thing that is wrong, in words that name the field, or null.</summary>
    public string? FlawOf(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return $"{(at.Length == 0 ? "the body" : at)} must be a JSON object";

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var path = at.Length == 0 ? member.Name : $"{at}.{member.Name}";
            if (!_fields.TryGetValue(member.Name, out var field))
                return $"{path} is not a field of this request";
            if (!seen.Add(member.Name))
                return $"{path} is there twice";
            if (member.Value.ValueKind == JsonValueKind.Null)
                return $"{path} must not be null; leave it out";
            if (field.FlawOf(member.Value, path) is { } flaw)
                return flaw;
        }

        var missing = _fields.Values.FirstOrDefault(field => field.Required && !seen.Contains(field.Name));
        return missing is null ? null : $"{(at.Length == 0 ? missing.Name : $"{at}.{missing.Name}")} is required";
    }
}

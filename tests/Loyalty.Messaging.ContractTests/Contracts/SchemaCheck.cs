using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>As much of JSON Schema as our schemas use; a keyword that it does not know is a fault of the test, not silently fine.</summary>
internal static class SchemaCheck
{
    static readonly HashSet<string> Silent = ["$schema", "$id", "title", "description", "format"];

    public static bool Accepts(JsonObject schema, JsonNode? value) => schema.All(keyword => Holds(schema, keyword.Key, keyword.Value!, value));

    static bool Holds(JsonObject schema, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "type" => rule is JsonArray types ? types.Any(type => Is(type!.GetValue<string>(), value)) : Is(rule.GetValue<string>(), value),
        "const" => JsonNode.DeepEquals(rule, value),
        "anyOf" => rule.AsArray().Any(option => Accepts(option!.AsObject(), value)),
        "oneOf" => rule.AsArray().Count(option => Accepts(option!.AsObject(), value)) == 1,
        "required" => value is not JsonObject members || rule.AsArray().All(name => members.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject members || rule.AsObject().All(entry => !members.ContainsKey(entry.Key) || Accepts(entry.Value!.AsObject(), members[entry.Key])),
        "additionalProperties" => value is not JsonObject members
            || members.Where(entry => schema["properties"]?[entry.Key] is null).All(entry => Accepts(rule.AsObject(), entry.Value)),
        "propertyNames" => value is not JsonObject members || members.All(entry => Accepts(rule.AsObject(), entry.Key)),
        "maxProperties" => value is not JsonObject members || members.Count <= rule.GetValue<int>(),
        "items" => value is not JsonArray items || items.All(item => Accepts(rule.AsObject(), item)),
        "minItems" => value is not JsonArray items || items.Count >= rule.GetValue<int>(),
        "maxItems" => value is not JsonArray items || items.Count <= rule.GetValue<int>(),
        "minLength" => !IsText(value, out var text) || text.Length >= rule.GetValue<int>(),
        "maxLength" => !IsText(value, out var text) || text.Length <= rule.GetValue<int>(),
        "pattern" => !IsText(value, out var text) || Regex.IsMatch(text, rule.GetValue<string>().Replace("$", @"\z", StringComparison.Ordinal)),
        "minimum" => !IsNumber(value, out var number) || number >= rule.GetValue<int>(),
        "exclusiveMinimum" => !IsNumber(value, out var number) || number > rule.GetValue<int>(),
        "maximum" => !IsNumber(value, out var number) || number <= rule.GetValue<int>(),
        _ => Silent.Contains(keyword) ? true : throw new NotSupportedException($"The schema uses {keyword}: teach it here"),
    };

    static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => IsNumber(value, out var number) && decimal.Truncate(number) == number,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new NotSupportedException($"The schema names the type {type}: teach it here"),
    };

    static bool IsText(JsonNode? value, out string text)
    {
        text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        return value?.GetValueKind() == JsonValueKind.String;
    }

    static bool IsNumber(JsonNode? value, out decimal number)
    {
        number = 0;
        return value?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out number);
    }
}

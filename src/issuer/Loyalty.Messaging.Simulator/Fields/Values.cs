using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Simulator.Fields;

/// <summary>The kinds of values that the contract knows.</summary>
internal static class Values
{
    const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string? Text(JsonElement value, string at) =>
        value.ValueKind != JsonValueKind.String ? $"{at} must be a string"
        : string.IsNullOrWhiteSpace(value.GetString()) ? $"{at} must not be empty"
        : null;

    public static Func<JsonElement, string, string?> TextUpTo(int length) =>
        (value, at) => Text(value, at) ?? (value.GetString()!.Length > length ? $"{at} must not be longer than {length}" : null);

    public static Func<JsonElement, string, string?> TextLike(Regex pattern, string rule) =>
        (value, at) => Text(value, at) ?? (pattern.IsMatch(value.GetString()!) ? null : $"{at} must be {rule}");

    public static Func<JsonElement, string, string?> OneOf(FrozenSet<string> allowed) =>
        (value, at) => Text(value, at) ?? (allowed.Contains(value.GetString()!) ? null : $"{at} is not one of this partner's");

    public static string? Instant(JsonElement value, string at) =>
        Text(value, at)
        ?? (
            DateTime.TryParseExact(value.GetString(), InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                ? null
                : $"{at} must look like 2021-11-09T21:04:45.930Z"
        );

    public static string? PositiveInteger(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is > 0 and <= 999_999_999
            ? null
            : $"{at} must be an integer above 0";

    public static string? IntegerOrText(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt64(out _)
                ? null
                : $"{at} must be an integer or a string"
            : Text(value, at);

    public static string? TextByName(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return $"{at} must be an object of strings";
        return value
            .EnumerateObject()
            .Where(member => member.Value.ValueKind != JsonValueKind.String)
            .Select(member => $"{at}.{member.Name} must be a string")
            .FirstOrDefault();
    }

    public static string? Texts(JsonElement value, string at) =>
        value.ValueKind != JsonValueKind.Array ? $"{at} must be an array of strings" : FirstFlaw(value, at, Text);

    public static Func<JsonElement, string, string?> OneOrMore(Shape shape) =>
        (value, at) =>
            value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0
                ? $"{at} must be an array with at least one object"
                : FirstFlaw(value, at, shape.FlawOf);

    static string? FirstFlaw(JsonElement array, string at, Func<JsonElement, string, string?> flawOf)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (flawOf(item, $"{at}[{index++}]") is { } flaw)
                return flaw;
        }

        return null;
    }
}

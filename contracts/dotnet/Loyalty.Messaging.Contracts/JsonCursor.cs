using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Reads one JSON object field by field and notes what is wrong, with the path, instead of throwing at the first mistake.
/// </summary>
internal sealed partial class JsonCursor(JsonElement element, string path, List<ContractViolation> violations, bool numbersAsText)
{
    internal const int IdLength = 64;
    internal const decimal LargestAmount = 10_000_000m;

    public List<ContractViolation> Violations => violations;

    public void Broken(string field, string problem) => violations.Add(new(At(field), problem));

    public bool Has(string field) => element.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null;

    public string? Text(string field, bool required = false, int longest = IdLength)
    {
        if (!Find(field, required, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Wrong<string>(field, value, "a string");
        var text = Kept(At(field), value, longest);
        return required && text is { Length: 0 } ? Note<string>(field, "must not be empty") : text;
    }

    public string? Key(string field)
    {
        var text = Text(field, required: true);
        if (text is "." or "..")
            return Note<string>(field, "must not be . or .., which no address can show");
        return text is null || KeyPattern().IsMatch(text) ? text : Note<string>(field, "may hold only letters, digits and . _ : / -");
    }

    public string? TextLike(string field, Regex pattern, string rule, bool required = false)
    {
        var text = Text(field, required);
        return text is null || pattern.IsMatch(text) ? text : Note<string>(field, rule);
    }

    public string? TextOrInteger(string field)
    {
        if (!Find(field, false, out var value))
            return null;
        if (
            value.ValueKind == JsonValueKind.Number
            && WrittenNumber.Of(value) is { Value: >= long.MinValue and <= long.MaxValue, Places: <= 0 } number
        )
            return number.Value.ToString("0", CultureInfo.InvariantCulture);
        return value.ValueKind == JsonValueKind.String ? Text(field) : Wrong<string>(field, value, "a string or a whole number");
    }

    public DateTimeOffset? Instant(string field)
    {
        if (!Find(field, true, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Null<DateTimeOffset>(field, value, "a string");
        if (Read(At(field), value) is not { } text)
            return null;
        if (
            OffsetPattern().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
        )
            return instant;
        violations.Add(
            new(At(field), "must be an ISO 8601 date and time of the years 2000 to 2099 with its offset, as 2026-11-21T15:04:05.123-05:00")
        );
        return null;
    }

    public decimal? Number(string field, bool required, bool aboveZero, decimal largest = LargestAmount)
    {
        if (!Find(field, required, out var value))
            return null;
        // Only in MassTransit's envelope is a number a string: its serializer writes decimals so.
        if (value.ValueKind != JsonValueKind.Number && !(numbersAsText && value.ValueKind == JsonValueKind.String))
            return Null<decimal>(field, value, "a number");
        const int mostPlaces = 6;
        var number =
            value.ValueKind == JsonValueKind.Number ? WrittenNumber.Of(value)
            : Read(At(field), value) is { } text ? WrittenNumber.Of(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign)
            : null;
        if (number is { Places: > mostPlaces, Value: >= 0 })
            violations.Add(new(At(field), $"must have at most {mostPlaces} decimal places"));
        else if (number is not { Value: >= 0 } || number.Value.Value > largest || (aboveZero && number.Value.Value == 0))
            violations.Add(
                new(
                    At(field),
                    $"must be {(aboveZero ? "above 0" : "0 or more")} and at most {largest.ToString("N0", CultureInfo.InvariantCulture)}"
                )
            );
        else
            return number.Value.Value;
        return null;
    }

    /// <summary>Dollars and cents, 0 or more; MassTransit writes decimals as strings, so a string is read as well.</summary>
    public decimal? Dollars(string field)
    {
        if (!Find(field, true, out var value))
            return null;
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            return Null<decimal>(field, value, "a number");
        var number =
            value.ValueKind == JsonValueKind.Number ? WrittenNumber.Of(value)
            : Read(At(field), value) is { } text && DollarsPattern().IsMatch(text) ? WrittenNumber.Of(text, NumberStyles.AllowDecimalPoint)
            : null;
        if (number is { Value: >= 0 and <= LargestAmount, Places: <= 2 } dollars)
            return dollars.Value;
        violations.Add(
            new(
                At(field),
                $"must be 0 or more and at most {LargestAmount.ToString("N0", CultureInfo.InvariantCulture)}, with at most 2 decimal places"
            )
        );
        return null;
    }

    public int? Whole(string field)
    {
        if (Number(field, required: true, aboveZero: true) is not { } number)
            return null;
        if (decimal.Truncate(number) == number)
            return (int)number;
        violations.Add(new(At(field), "must be a whole number"));
        return null;
    }

    public bool Flag(string field)
    {
        if (!Find(field, false, out var value))
            return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Wrong<string>(field, value, "true or false");
        return false;
    }

    public List<T> List<T>(string field, int most, Func<JsonCursor, T?> read)
        where T : class
    {
        var items = new List<T>();
        foreach (var (item, at) in Items(field, most))
        {
            if (item.ValueKind != JsonValueKind.Object)
                violations.Add(new(at, $"must be an object, not {Kind(item)}"));
            else if (read(new JsonCursor(item, at, violations, numbersAsText)) is { } value)
                items.Add(value);
        }
        return items;
    }

    public List<string> Texts(string field, int most)
    {
        var items = new List<string>();
        foreach (var (item, at) in Items(field, most))
        {
            if (item.ValueKind != JsonValueKind.String)
                violations.Add(new(at, $"must be a string, not {Kind(item)}"));
            else if (Kept(at, item, IdLength) is { } text)
            {
                if (text.Length == 0)
                    violations.Add(new(at, "must not be empty"));
                items.Add(text);
            }
        }
        return items;
    }

    public Dictionary<string, string> Notes(string field)
    {
        const int mostEntries = 50,
            longestKey = 64,
            longestValue = 1024;
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Find(field, false, out var value))
            return notes;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong<string>(field, value, "an object of strings");
            return notes;
        }
        foreach (var note in value.EnumerateObject())
        {
            if (notes.Count == mostEntries)
            {
                violations.Add(new(At(field), $"has more than {mostEntries} entries"));
                break;
            }
            if (note.Name.Length > longestKey && CharactersOf(note.Name) is var length && length > longestKey)
                violations.Add(new(At(field), $"has a key of {length} characters; at most {longestKey} are accepted"));
            else if (ControlCharacters.First(note.Name) is { } control)
                violations.Add(new(At(field), $"has a key with the control character {control}"));
            else if (note.Value.ValueKind != JsonValueKind.String)
                violations.Add(new($"{At(field)}.{note.Name}", $"must be a string, not {Kind(note.Value)}"));
            else if (Kept($"{At(field)}.{note.Name}", note.Value, longestValue) is { } text)
                notes[note.Name] = text;
        }
        return notes;
    }

    IEnumerable<(JsonElement Item, string At)> Items(string field, int most)
    {
        if (!Find(field, false, out var value))
            yield break;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong<string>(field, value, "an array");
            yield break;
        }
        if (value.GetArrayLength() > most)
        {
            violations.Add(new(At(field), $"has {value.GetArrayLength()} entries; at most {most} are accepted"));
            yield break;
        }
        var index = 0;
        foreach (var item in value.EnumerateArray())
            yield return (item, $"{At(field)}[{index++}]");
    }

    bool Find(string field, bool required, out JsonElement value)
    {
        if (element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null)
            return true;
        if (required)
            violations.Add(new(At(field), "is required"));
        return false;
    }

    /// <summary>A text that can be kept and shown: no longer than agreed, and of nothing but characters.</summary>
    string? Kept(string at, JsonElement value, int longest)
    {
        if (Read(at, value) is not { } text)
            return null;
        if (text.Length > longest && CharactersOf(text) is var length && length > longest)
            violations.Add(new(at, $"is {length} characters long; at most {longest} are accepted"));
        else if (ControlCharacters.First(text) is { } control)
            violations.Add(new(at, $"holds the control character {control}; of those only tab and line breaks are accepted"));
        else
            return text;
        return null;
    }

    string? Read(string at, JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            violations.Add(new(at, "holds half a surrogate pair, which is no text"));
            return null;
        }
    }

    /// <summary>As a schema counts them: what takes two units of UTF-16 is one.</summary>
    static int CharactersOf(string text) => text.Length - text.Count(char.IsLowSurrogate);

    string At(string field) => path.Length == 0 ? field : $"{path}.{field}";

    T? Wrong<T>(string field, JsonElement value, string wanted)
        where T : class => Note<T>(field, $"must be {wanted}, not {Kind(value)}");

    T? Null<T>(string field, JsonElement value, string wanted)
        where T : struct
    {
        violations.Add(new(At(field), $"must be {wanted}, not {Kind(value)}"));
        return null;
    }

    T? Note<T>(string field, string problem)
        where T : class
    {
        violations.Add(new(At(field), problem));
        return null;
    }

    static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "null",
        };

    [GeneratedRegex(@"^[A-Za-z0-9._:/-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[0-9]+([.][0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DollarsPattern();

    [GeneratedRegex(@"^20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OffsetPattern();
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Contracts;

/// <summary>Reads one JSON object field by field and notes what is wrong, with the path, instead of throwing at the first mistake.</summary>
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
        var text = value.GetString()!;
        if (text.Length > longest)
            return Note<string>(field, $"is {text.Length} characters long; at most {longest} are accepted");
        return required && text.Length == 0 ? Note<string>(field, "must not be empty") : text;
    }

    public string? Key(string field)
    {
        var text = Text(field, required: true);
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
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
            return number.ToString(CultureInfo.InvariantCulture);
        return value.ValueKind == JsonValueKind.String ? Text(field) : Wrong<string>(field, value, "a string or a whole number");
    }

    public DateTimeOffset? Instant(string field)
    {
        if (!Find(field, true, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Null<DateTimeOffset>(field, value, "a string");
        var text = value.GetString()!;
        if (OffsetPattern().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
            return instant;
        violations.Add(new(At(field), "must be an ISO 8601 date and time with its offset, as 2026-11-21T15:04:05.123-05:00"));
        return null;
    }

    public decimal? Number(string field, bool required, bool aboveZero, decimal largest = LargestAmount)
    {
        if (!Find(field, required, out var value))
            return null;
        var number = 0m;
        var isText = numbersAsText && value.ValueKind == JsonValueKind.String;
        if (!isText && value.ValueKind != JsonValueKind.Number)
            return Null<decimal>(field, value, "a number");
        var isNumber = isText ? decimal.TryParse(value.GetString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) : value.TryGetDecimal(out number);
        if (!isNumber || number > largest || (aboveZero ? number <= 0 : number < 0))
        {
            violations.Add(new(At(field), $"must be {(aboveZero ? "above 0" : "0 or more")} and at most {largest.ToString("N0", CultureInfo.InvariantCulture)}"));
            return null;
        }
        if (decimal.Round(number, 6) == number)
            return number;
        violations.Add(new(At(field), "must have at most 6 decimal places"));
        return null;
    }

    /// <summary>Dollars and cents, 0 or more; MassTransit writes decimals as strings, so a string is read as well.</summary>
    public decimal? Dollars(string field)
    {
        if (!Find(field, true, out var value))
            return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
        if (text is null)
            return Null<decimal>(field, value, "a number");
        if (decimal.TryParse(text, value.ValueKind == JsonValueKind.String ? NumberStyles.AllowDecimalPoint : NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars)
            && dollars is >= 0 and <= LargestAmount && decimal.Round(dollars, 2) == dollars)
            return dollars;
        violations.Add(new(At(field), $"must be 0 or more and at most {LargestAmount.ToString("N0", CultureInfo.InvariantCulture)}, with at most 2 decimal places"));
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

    public List<T> List<T>(string field, int most, Func<JsonCursor, T?> read) where T : class
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
            else if (item.GetString() is not { Length: > 0 and <= IdLength } text)
                violations.Add(new(at, $"must be 1 to {IdLength} characters long"));
            else
                items.Add(text);
        }
        return items;
    }

    public Dictionary<string, string> Notes(string field)
    {
        const int mostEntries = 50, longestKey = 64, longestValue = 1024;
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
            if (note.Name.Length > longestKey)
                violations.Add(new(At(field), $"has a key of {note.Name.Length} characters; at most {longestKey} are accepted"));
            else if (note.Value.ValueKind != JsonValueKind.String)
                violations.Add(new($"{At(field)}.{note.Name}", $"must be a string, not {Kind(note.Value)}"));
            else if (note.Value.GetString()!.Length is var length && length > longestValue)
                violations.Add(new($"{At(field)}.{note.Name}", $"is {length} characters long; at most {longestValue} are accepted"));
            else
                notes[note.Name] = note.Value.GetString()!;
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

    string At(string field) => path.Length == 0 ? field : $"{path}.{field}";

    T? Wrong<T>(string field, JsonElement value, string wanted) where T : class => Note<T>(field, $"must be {wanted}, not {Kind(value)}");

    T? Null<T>(string field, JsonElement value, string wanted) where T : struct
    {
        violations.Add(new(At(field), $"must be {wanted}, not {Kind(value)}"));
        return null;
    }

    T? Note<T>(string field, string problem) where T : class
    {
        violations.Add(new(At(field), problem));
        return null;
    }

    static string Kind(JsonElement value) => value.ValueKind switch
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

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OffsetPattern();
}

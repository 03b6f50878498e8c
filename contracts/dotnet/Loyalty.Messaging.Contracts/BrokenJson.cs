using System.Text;
using System.Text.Json;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Finds the field in which a body stops being JSON, and the fields it names twice, so that the sender is told a name and not a byte alone.
/// </summary>
internal static class BrokenJson
{
    /// <param name="body">What could not be parsed.</param>
    /// <param name="deepest">Levels of nesting that are accepted.</param>
    /// <param name="exception">Which says the place, unless a name that comes twice was the reason.</param>
    public static IReadOnlyList<ContractViolation> In(ReadOnlySpan<byte> body, int deepest, JsonException exception)
    {
        var (field, depth, repeated, broken) = Walk(body, deepest);
        if (!broken && repeated.Count > 0)
            return [.. repeated.Select(name => new ContractViolation(name, "is named more than once in its object"))];
        var problem =
            depth == deepest && IsTooDeep(body, deepest)
                ? $"nested more than {deepest} levels deep"
                : $"not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})";
        return [new(field, $"{(field.Length == 0 ? "The body is" : "is")} {problem}")];
    }

    /// <param name="body">The beginning of a JSON text.</param>
    public static string FieldAtEndOf(ReadOnlySpan<byte> body) => Walk(body, JsonDepth).Field;

    /// <summary>What a reader accepts that is given no limit.</summary>
    const int JsonDepth = 64;

    /// <summary>With one level more it goes on.</summary>
    static bool IsTooDeep(ReadOnlySpan<byte> body, int deepest)
    {
        var (_, depth, _, broken) = Walk(body, deepest + 1);
        return !broken || depth > deepest;
    }

    static (string Field, int Depth, IReadOnlyList<string> Repeated, bool Broken) Walk(ReadOnlySpan<byte> body, int deepest)
    {
        var open = new List<Level>();
        var repeated = new List<string>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = deepest });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    open.RemoveAt(open.Count - 1);
                    continue;
                }
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    open[^1].Name = reader.GetString() ?? "";
                    if (!open[^1].Names.Add(open[^1].Name))
                        repeated.Add(Path(open));
                    continue;
                }
                if (open.Count > 0 && open[^1].IsArray)
                    open[^1].Name = $"[{open[^1].Next++}]";
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    open.Add(new Level(reader.TokenType == JsonTokenType.StartArray));
            }
            return ("", 0, [.. repeated.Distinct()], false);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader has stopped at the mistake: what it was inside of is the answer.
            if (open.Count > 0 && open[^1].IsArray)
                open[^1].Name = $"[{open[^1].Next}]";
            return (Path(open), open.Count, [], true);
        }
    }

    static string Path(List<Level> open)
    {
        var path = new StringBuilder();
        foreach (var level in open)
            path.Append(path.Length > 0 && !level.IsArray && level.Name.Length > 0 ? "." : "").Append(level.Name);
        return ControlCharacters.Replaced(path.ToString());
    }

    sealed class Level(bool isArray)
    {
        public bool IsArray => isArray;
        public HashSet<string> Names { get; } = isArray ? [] : new(StringComparer.Ordinal);
        public string Name { get; set; } = "";
        public int Next { get; set; }
    }
}

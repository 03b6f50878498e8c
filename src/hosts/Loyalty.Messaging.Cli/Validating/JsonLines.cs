using System.Text.Json;

namespace Loyalty.Messaging.Cli.Validating;

/// <summary>On which line of a text the fields of its JSON stand.</summary>
internal sealed class JsonLines
{
    readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal) { [""] = 1 };

    JsonLines(int? broken) => Broken = broken;

    /// <summary>Where it stops being JSON; null when it does not.</summary>
    public int? Broken { get; private set; }

    /// <param name="path">As violations name it: <c>lines[0].amount</c>. Of a field that is not there: the line of what it is missing
    /// from.</param>
    public int Of(string path)
    {
        while (true)
        {
            if (_lines.TryGetValue(path, out var line))
                return line;
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }
    }

    public static JsonLines In(ReadOnlySpan<byte> text)
    {
        var lines = new JsonLines(null);
        var reader = new Utf8JsonReader(text);
        var open = new Stack<(string Path, int Next)>();
        string? property = null;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    open.Pop();
                    continue;
                }
                var (path, next) = open.Count > 0 ? open.Peek() : ("", -1);
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    property = Joined(path, reader.GetString()!);
                    lines.Note(property, text, reader.TokenStartIndex);
                    continue;
                }
                if (next >= 0)
                {
                    open.Pop();
                    open.Push((path, next + 1));
                }
                var at =
                    open.Count == 0 ? ""
                    : next >= 0 ? $"{path}[{next}]"
                    : property!;
                lines.Note(at, text, reader.TokenStartIndex);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    open.Push((at, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            lines.Broken = exception is JsonException { LineNumber: { } line } ? (int)line + 1 : null;
        }
        return lines;
    }

    public static string Joined(string path, string field) =>
        path.Length == 0 ? field
        : field.Length == 0 ? path
        : $"{path}.{field}";

    void Note(string path, ReadOnlySpan<byte> text, long index) => _lines.TryAdd(path, 1 + text[..(int)index].Count((byte)'\n'));
}

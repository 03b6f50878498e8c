using System.Text;
using System.Text.Json;

namespace Loyalty.Messaging.Contracts;

/// <summary>Finds the field in which a body stops being JSON, so that the sender is told a name and not a byte alone.</summary>
internal static class BrokenJson
{
    public static string Find(ReadOnlySpan<byte> body)
    {
        var names = new List<string>();
        var counts = new List<int>();
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    names.RemoveAt(names.Count - 1);
                    counts.RemoveAt(counts.Count - 1);
                    continue;
                }
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    names[^1] = reader.GetString() ?? "";
                    continue;
                }
                if (counts.Count > 0 && counts[^1] >= 0)
                    names[^1] = $"[{counts[^1]++}]";
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    names.Add("");
                    counts.Add(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader has stopped at the mistake: what it was inside of is the answer.
        }
        if (counts.Count > 0 && counts[^1] >= 0)
            names[^1] = $"[{counts[^1]}]";
        var path = new StringBuilder();
        foreach (var name in names)
            path.Append(path.Length > 0 && !name.StartsWith('[') && name.Length > 0 ? "." : "").Append(name);
        return path.ToString();
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Sagas.Collectors;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>A body for people: indented where it is JSON, collector numbers masked, never more than so many characters.</summary>
public static class ShownBody
{
    /// <summary>The whole of what is read; a longer body is shown as far as it goes, as text.</summary>
    const int MostBytes = 256 * 1024;

    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 128,
    };

    public static string Of(byte[] body, int most)
    {
        ArgumentNullException.ThrowIfNull(body);
        var text = Json(body) ?? Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, most));
        text = CollectorMask.Of(text);
        return text.Length <= most && body.Length <= Math.Max(most, MostBytes)
            ? text
            : $"{BoundedText.Cut(text, most)}\n… ({body.Length} bytes in all)";
    }

    static string? Json(byte[] body)
    {
        if (body.Length > MostBytes)
            return null;
        try
        {
            var node = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
            Open(node);
            return node?.ToJsonString(Indented);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// The frozen bytes of a call stand in Base64, where no mask would find a collector number: they are shown as what they are.
    /// </summary>
    static void Open(JsonNode? node)
    {
        if (node is not JsonObject members)
            return;
        foreach (var (name, member) in members.ToList())
        {
            if (name == "body" && member is JsonValue value && value.TryGetValue<string>(out var text) && Decoded(text) is { } inner)
                members[name] = inner;
            else
                Open(member);
        }
    }

    static JsonNode? Decoded(string text)
    {
        try
        {
            return JsonNode.Parse(Convert.FromBase64String(text));
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }
}

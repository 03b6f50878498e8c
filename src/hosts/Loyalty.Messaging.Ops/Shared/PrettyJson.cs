using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>JSON with a line per value; what is none is shown as it is. It is text all the same: the page encodes it.</summary>
internal static class PrettyJson
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}

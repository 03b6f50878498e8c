using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>
/// Fingerprint of a decision: what kind it is, about which order or refund, everything it says, who decided and why.
/// What is absent leaves no trace, so that a member that a decision gets later changes nothing for those without it; nor does the order of
/// members.
/// </summary>
public static class DecisionHash
{
    static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public static byte[] Of(IDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(decision.GetType().Name);
            Write(writer, JsonSerializer.SerializeToElement(decision, decision.GetType(), Json));
            writer.WriteEndArray();
        }
        return SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}

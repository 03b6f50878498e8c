using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Loyalty.Messaging.Benchmarks.Issuer;

/// <summary>The issuer's yes, as in contracts/air-miles: an echo of the request with its transactionId and a status per issuance.</summary>
internal static class IssuerAnswer
{
    static readonly TimeSpan IssuerOffset = TimeSpan.FromHours(-5);

    /// <summary>Null for a body that is no request.</summary>
    public static (string ClientTransactionId, ReadOnlyMemory<byte> Json)? To(byte[] body, Guid key)
    {
        using var request = JsonDocument.Parse(body);
        if (
            !request.RootElement.TryGetProperty("clientTransactionId", out var id)
            || !request.RootElement.TryGetProperty("issuances", out _)
        )
            return null;
        var buffer = new ArrayBufferWriter<byte>(body.Length + 128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in request.RootElement.EnumerateObject())
                if (member.NameEquals("issuances"u8))
                    WriteIssuances(json, member.Value);
                else if (!member.NameEquals("context"u8) && !member.NameEquals("transactionDateTime"u8))
                    member.WriteTo(json);
            json.WriteString(
                "transactionDateTime"u8,
                TimeProvider
                    .System.GetUtcNow()
                    .ToOffset(IssuerOffset)
                    .ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)
            );
            // The same call has the same transaction, and a UUID it is: the key itself will do.
            json.WriteString("transactionId"u8, key);
            json.WriteEndObject();
        }
        return (id.GetString()!, buffer.WrittenMemory);
    }

    static void WriteIssuances(Utf8JsonWriter json, JsonElement issuances)
    {
        json.WriteStartArray("issuances"u8);
        foreach (var issuance in issuances.EnumerateArray())
        {
            json.WriteStartObject();
            foreach (var member in issuance.EnumerateObject())
                member.WriteTo(json);
            json.WriteString("status"u8, "COMPLETED"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}

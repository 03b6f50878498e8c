using System.Text.Json;
using Loyalty.Messaging.Simulator.Records;
using Microsoft.Net.Http.Headers;

namespace Loyalty.Messaging.Simulator.Calls;

/// <summary>A request that has been received to its last byte.</summary>
internal sealed class IncomingCall(HttpContext http, byte[] body, Attempt attempt)
{
    public const string KeyHeader = "Idempotency-Key";

    public HttpContext Http { get; } = http;

    public byte[] Body { get; } = body;

    public Attempt Attempt { get; } = attempt;

    /// <summary>The body's root; undefined while it is no JSON.</summary>
    public JsonElement Json { get; set; }

    public string? IdempotencyKey => Attempt.IdempotencyKey;

    public bool HasMediaType(string mediaType) =>
        MediaTypeHeaderValue.TryParse(Http.Request.ContentType, out var sent)
        && sent.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!sent.Charset.HasValue || sent.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>A string member of the body, if there is one, whether or not the body is valid as a whole.</summary>
    public string? Peek(string member) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Json.Schema;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>The schemas as they are published, asked by a validator that is not ours.</summary>
internal static class PublishedSchemas
{
    static readonly ConcurrentDictionary<string, Lazy<JsonSchema>> Read = new();
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What is published states formats, and they are to be kept.
    static readonly EvaluationOptions Options = new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    public static string Text(string name) => Approved.Read($"contracts/events/{name}/v1/schema.json");

    /// <returns>Why it is refused; null when it is not.</returns>
    public static string? Refusal(string name, ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Strict.GetString(EventBody.WithoutMark(body).Span));
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return exception.Message;
        }
        using (document)
        {
            try
            {
                return Refusal(name, document.RootElement);
            }
            catch (InvalidOperationException exception)
            {
                return exception.Message;
            }
        }
    }

    public static string? Refusal(string name, JsonElement value)
    {
        var results = Read.GetOrAdd(name, _ => new(() => JsonSchema.FromText(Text(name)))).Value.Evaluate(value, Options);
        return results.IsValid
            ? null
            : string.Join(
                "; ",
                (results.Details ?? [])
                    .SelectMany(detail => (detail.Errors ?? []).Select(error => $"{detail.InstanceLocation} {error.Value}"))
                    .Prepend("refused")
            );
    }
}

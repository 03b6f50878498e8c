using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Cli.Publishing;

/// <summary>A file that holds an event of commerce.</summary>
/// <param name="Path">As the caller named it.</param>
/// <param name="Exchange">Where the event belongs.</param>
/// <param name="Content">The event, to be given new ids.</param>
/// <param name="Body">What is published: the file's own bytes, unless ids were changed.</param>
internal sealed record EventFile(string Path, string Exchange, JsonObject Content, byte[] Body)
{
    public string? EventId => Text("eventId");
    public string? OrderId => Text("orderId");
    public string? RefundId => Text("refundId");

    /// <exception cref="EventFileException">The file cannot be read or is neither event.</exception>
    public static EventFile Read(string path)
    {
        byte[] body;
        try
        {
            body = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EventFileException($"{path}: the file cannot be read ({exception.Message})");
        }
        body = EventBody.WithoutMark(body).ToArray();
        var content = ContentOf(path, body);
        // Only a refund has a refundId, only an order is for a collector; a file with neither gets the reader's full list for an order.
        var exchange =
            content.ContainsKey("refundId") || content.ContainsKey("refundedAt") ? WireNames.OrderRefunded
            : content.ContainsKey("collectorNumber") || content.ContainsKey("completedAt") ? WireNames.OrderCompleted
            : throw new EventFileException(
                $"{path}: is neither an order-completed event (collectorNumber, completedAt) nor an order-refunded event "
                    + "(refundId, refundedAt)"
            );
        return new EventFile(path, exchange, content, body);
    }

    /// <summary>Asks the reader that guards the worker's queue.</summary>
    /// <returns>What it would refuse; empty when the event is valid.</returns>
    public IReadOnlyList<ContractViolation> Validate()
    {
        try
        {
            _ =
                Exchange == WireNames.OrderRefunded
                    ? (object)CommerceEvents.ReadOrderRefunded(Body)
                    : CommerceEvents.ReadOrderCompleted(Body);
            return [];
        }
        catch (ContractViolationException exception)
        {
            return exception.Violations;
        }
    }

    public EventFile With(JsonObject content) => this with { Content = content, Body = JsonSerializer.SerializeToUtf8Bytes(content) };

    string? Text(string field) => Content[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static JsonObject ContentOf(string path, ReadOnlyMemory<byte> body)
    {
        const int deepest = 64;
        try
        {
            using var document = EventBody.Parse("event", body, deepest);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? JsonObject.Create(document.RootElement.Clone())!
                : throw new EventFileException($"{path}: must hold one JSON object");
        }
        catch (ContractViolationException exception)
        {
            throw new EventFileException($"{path}: {string.Join("; ", exception.Violations)}");
        }
    }
}

/// <summary>The message is a sentence that names the file.</summary>
internal sealed class EventFileException(string message) : Exception(message);

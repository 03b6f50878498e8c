using System.Text.Json;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Cli.Validating;

/// <summary>The form in which a body holds an event, and which event it seems to be; both can be seen from its fields.</summary>
/// <param name="Name">For people.</param>
/// <param name="ContentType">Under which it is to be published.</param>
/// <param name="Wrapper">The field that holds the event; null when the body is the event.</param>
internal sealed record EventForm(string Name, string ContentType, string? Wrapper)
{
    static readonly EventForm Plain = new("plain", "application/json", null);
    static readonly EventForm CloudEvent = new("cloudevents", ContentTypes.CloudEvents, "data");
    static readonly EventForm EncodedCloudEvent = CloudEvent with { Wrapper = "data_base64" };
    static readonly EventForm Envelope = new("masstransit", ContentTypes.Envelope, "message");

    public static IReadOnlyDictionary<string, string> Kinds { get; } =
        new Dictionary<string, string> { ["order-completed"] = WireNames.OrderCompleted, ["order-refunded"] = WireNames.OrderRefunded };

    /// <returns>The form, and the kind when it can be seen.</returns>
    public static (EventForm Form, string? Kind) Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(EventBody.WithoutMark(body));
            var root = document.RootElement;
            var form =
                Has(root, "specversion") && !Has(root, "orderId")
                    ? Has(root, "data_base64")
                        ? EncodedCloudEvent
                        : CloudEvent
                    : Has(root, "messageType") || (Has(root, "message") && Has(root, "messageId"))
                        ? Envelope
                        : Plain;
            return (
                form,
                form.Wrapper is not { } wrapper || !Has(root, wrapper) ? KindOf(root)
                : form == EncodedCloudEvent ? KindIn(root.GetProperty(wrapper))
                : KindOf(root.GetProperty(wrapper))
            );
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (Plain, null);
        }
    }

    static string? KindIn(JsonElement encoded) =>
        encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var content) ? Of(content).Kind : null;

    /// <summary>Only a refund has a refundId, only an order is for a collector.</summary>
    static string? KindOf(JsonElement content) =>
        Has(content, "refundId") || Has(content, "refundedAt") ? "order-refunded"
        : Has(content, "collectorNumber") || Has(content, "completedAt") ? "order-completed"
        : null;

    static bool Has(JsonElement element, string field) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out _);
}

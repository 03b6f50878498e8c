using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.SagaRows;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>What the journal is told of deliveries: an entry for every saga that a delivery wrote.</summary>
internal static class JournalEntries
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static IReadOnlyList<JournalEntry> Of(IReadOnlyList<DeliverySession> deliveries)
    {
        var entries = new List<JournalEntry>(deliveries.Count);
        foreach (var delivery in deliveries)
        foreach (var change in delivery.Changes)
            if (change.Subject is { } subject)
                entries.Add(Of(change, subject, delivery.Output));
        return entries;
    }

    static JournalEntry Of(ISagaChange change, JournalSubject subject, DeliveryOutput output) =>
        new()
        {
            Subject = subject.Subject,
            Part = subject.Part,
            MessageType = output.MessageType,
            MessageId = output.MessageId,
            Redelivered = output.Redelivered,
            FromState = change.StateBefore,
            ToState = subject.State,
            Notes = output.Notes.Count == 0 ? null : JsonSerializer.Serialize(output.Notes, Json),
            Sent = output.Messages.Count == 0 ? null : Sent(output),
        };

    static string Sent(DeliveryOutput output) =>
        JsonSerializer.Serialize(output.Messages.Select(message => new SentMessage(message.TypeName, message.Row.MessageId)), Json);
}

using System.Text.Json;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.SagaRepository;
using Loyalty.Messaging.Delivery.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Delivery.Journal;

/// <summary>
/// The journal's one statement on the hot path, written once from the model: under which names the subjects are kept, the model says.
/// </summary>
internal sealed class JournalTable(IModel model)
{
    public const string Name = "journal";

    readonly string _insert = $"""
        INSERT INTO {Name} (at, {ColumnOf(model, nameof(JournalEntry.Subject))}, {ColumnOf(
            model,
            nameof(JournalEntry.Part)
        )}, message_type, message_id, redelivered, from_state, to_state, notes, sent)
        SELECT $1, unnest($2), unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9), unnest($10)
        """;

    static readonly JsonSerializerOptions NoteJson = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What is to be said of these deliveries: an entry for every saga that a delivery wrote.</summary>
    public static IReadOnlyList<JournalEntry> Entries(IReadOnlyList<DeliverySession> deliveries)
    {
        var entries = new List<JournalEntry>(deliveries.Count);
        foreach (var delivery in deliveries)
        foreach (var change in delivery.Changes)
            if (change.Subject is { } subject)
                entries.Add(Entry(change, subject, delivery.Output!));
        return entries;
    }

    static JournalEntry Entry(ISagaChange change, JournalSubject subject, DeliveryOutput output) =>
        new()
        {
            Subject = subject.Subject,
            Part = subject.Part,
            MessageType = output.MessageType,
            MessageId = output.MessageId,
            Redelivered = output.Redelivered,
            FromState = change.StateBefore,
            ToState = subject.State,
            Notes = output.Notes.Count == 0 ? null : JsonSerializer.Serialize(output.Notes, NoteJson),
            Sent = output.Messages.Count == 0 ? null : Sent(output),
        };

    public NpgsqlBatchCommand Insert(IReadOnlyList<JournalEntry> entries, DateTimeOffset now) =>
        new(_insert)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                Column.Of(entries, entry => entry.Subject, NpgsqlDbType.Text),
                Column.Of(entries, entry => entry.Part, NpgsqlDbType.Text),
                Column.Of(entries, entry => entry.MessageType, NpgsqlDbType.Text),
                Column.Of(entries, entry => entry.MessageId, NpgsqlDbType.Uuid),
                Column.Of(entries, entry => entry.Redelivered, NpgsqlDbType.Boolean),
                Column.Of(entries, entry => entry.FromState, NpgsqlDbType.Text),
                Column.Of(entries, entry => entry.ToState, NpgsqlDbType.Text),
                Column.Of(entries, entry => entry.Notes, NpgsqlDbType.Jsonb),
                Column.Of(entries, entry => entry.Sent, NpgsqlDbType.Jsonb),
            },
        };

    static string ColumnOf(IModel model, string property) =>
        (
            model.FindEntityType(typeof(JournalEntry))
            ?? throw new InvalidOperationException("The model has no journal: it needs AddTransactionalOutboxEntities")
        )
            .FindProperty(property)!
            .GetColumnName();

    static string Sent(DeliveryOutput output) =>
        JsonSerializer.Serialize(output.Messages.Select(message => new SentMessage(message.TypeName, message.Row.MessageId)), NoteJson);
}

/// <summary>A message that a delivery sent.</summary>
public sealed record SentMessage(string Type, Guid MessageId);

using Loyalty.Messaging.Delivery.Database;
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
    readonly string _insert = $"""
        INSERT INTO {TableNames.Journal} (at, {ColumnOf(model, nameof(JournalEntry.Subject))}, {ColumnOf(
            model,
            nameof(JournalEntry.Part)
        )}, message_type, message_id, redelivered, from_state, to_state, notes, sent)
        SELECT $1, unnest($2), unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9), unnest($10)
        """;

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
}

using System.Text.Json;
using Loyalty.Messaging.Persistence.Inbox;
using Loyalty.Messaging.Persistence.SagaRepository;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.Journal;

/// <summary>The journal's one statement on the hot path.</summary>
internal static class JournalTable
{
    public const string Name = "journal";

    const string InsertSql =
        $"""
        INSERT INTO {Name} (at, order_id, refund_id, message_type, message_id, redelivered, from_state, to_state, notes, sent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    static readonly JsonSerializerOptions NoteJson = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static NpgsqlBatchCommand Insert(ISagaChange change, JournalSubject subject, DeliveryOutput output, DateTimeOffset now) => new(InsertSql)
    {
        Parameters =
        {
            new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            Text(subject.OrderId, NpgsqlDbType.Text),
            Text(subject.RefundId, NpgsqlDbType.Text),
            Text(output.MessageType, NpgsqlDbType.Text),
            new NpgsqlParameter<Guid> { TypedValue = output.MessageId, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter<bool> { TypedValue = output.Redelivered, NpgsqlDbType = NpgsqlDbType.Boolean },
            Text(change.StateBefore, NpgsqlDbType.Text),
            Text(subject.State, NpgsqlDbType.Text),
            Text(output.Notes.Count == 0 ? null : JsonSerializer.Serialize(output.Notes, NoteJson), NpgsqlDbType.Jsonb),
            Text(output.Messages.Count == 0 ? null : Sent(output), NpgsqlDbType.Jsonb),
        },
    };

    static NpgsqlParameter Text(string? value, NpgsqlDbType type) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = type };

    static string Sent(DeliveryOutput output) => JsonSerializer.Serialize(
        output.Messages.Select(message => new SentMessage(message.TypeName, message.Row.MessageId)), NoteJson);
}

/// <summary>A message that a delivery sent.</summary>
public sealed record SentMessage(string Type, Guid MessageId);

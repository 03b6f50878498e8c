using Loyalty.Messaging.Persistence.Transactions;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.Outbox;

/// <summary>The outbox's statements.</summary>
internal static class OutboxTable
{
    public const string Name = "outbox";

    const string Columns = "id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at, scheduled";

    const string InsertSql =
        $"""
        INSERT INTO {Name} ({Columns})
        SELECT id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, now() + due_in, scheduled
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            AS message (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_in, scheduled)
        """;

    /// <summary>
    /// Takes what is due and leases it; nobody holds a transaction while it is sent. An unsent, unscheduled row of the same stream goes first.
    /// </summary>
    const string ClaimSql =
        $"""
        UPDATE {Name} SET attempts = attempts + 1, due_at = now() + $1
        WHERE id IN (
            SELECT o.id FROM {Name} o
            WHERE o.due_at <= now() AND (o.scheduled OR NOT EXISTS (
                SELECT 1 FROM {Name} e WHERE e.stream = o.stream AND e.sequence < o.sequence AND e.due_at IS NOT NULL AND NOT e.scheduled))
            ORDER BY o.due_at, o.sequence LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, stream, message_id, destination, content_type, message_type, metadata::text, body, created_at, attempts
        """;

    /// <summary>In this order: it is the order in which they are sent.</summary>
    public static NpgsqlBatchCommand Insert(IReadOnlyList<OutboxMessage> rows) => new(InsertSql)
    {
        Parameters =
        {
            Column.Of(rows, row => row.Id, NpgsqlDbType.Uuid),
            Column.Of(rows, row => row.Stream, NpgsqlDbType.Uuid),
            Column.Of(rows, row => row.MessageId, NpgsqlDbType.Uuid),
            Column.Of(rows, row => row.Destination, NpgsqlDbType.Text),
            Column.Of(rows, row => row.ContentType, NpgsqlDbType.Text),
            Column.Of(rows, row => row.MessageType, NpgsqlDbType.Text),
            Column.Of(rows, row => row.Metadata, NpgsqlDbType.Jsonb),
            Column.Of(rows, row => row.Body, NpgsqlDbType.Bytea),
            Column.Of(rows, row => row.CreatedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
            Column.Of(rows, row => row.DueIn, NpgsqlDbType.Interval),
            Column.Of(rows, row => row.Scheduled, NpgsqlDbType.Boolean),
        },
    };

    public static async Task<List<OutboxMessage>> ClaimAsync(NpgsqlConnection connection, TimeSpan lease, int most, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ClaimSql, connection)
        {
            Parameters =
            {
                Interval(lease),
                new NpgsqlParameter<int> { TypedValue = most, NpgsqlDbType = NpgsqlDbType.Integer },
            },
        };
        var claimed = new List<OutboxMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            claimed.Add(new OutboxMessage
            {
                Id = reader.GetGuid(0),
                Stream = reader.GetGuid(1),
                MessageId = reader.GetGuid(2),
                Destination = reader.GetString(3),
                ContentType = reader.GetString(4),
                MessageType = reader.GetString(5),
                Metadata = reader.GetString(6),
                Body = reader.GetFieldValue<byte[]>(7),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(8),
                Attempts = reader.GetInt32(9),
            });
        return claimed;
    }

    /// <summary>Takes back what was scheduled. One that is on its way already arrives: who receives it looks at its token.</summary>
    public static NpgsqlBatchCommand Cancel(IReadOnlyList<Guid> tokens) => new($"DELETE FROM {Name} WHERE id = ANY($1) AND scheduled")
    {
        Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. tokens], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
    };

    public static async Task DeleteAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"DELETE FROM {Name} WHERE id = ANY($1)", connection)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Sending failed: try again after <paramref name="wait"/>, or park it when that is null.</summary>
    public static async Task FailAsync(NpgsqlConnection connection, Guid id, TimeSpan? wait, string fault, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"UPDATE {Name} SET due_at = now() + $2, parked_at = CASE WHEN $2 IS NULL THEN now() END, last_fault = $3 WHERE id = $1", connection)
        {
            Parameters =
            {
                Uuid(id),
                new NpgsqlParameter { Value = (object?)wait ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval },
                new NpgsqlParameter<string> { TypedValue = fault, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How long until the next row is due; negative when one is; null when there is none.</summary>
    public static async Task<TimeSpan?> NextDueAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT due_at - now() FROM {Name} WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as TimeSpan?;
    }

    static NpgsqlParameter<Guid> Uuid(Guid value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    static NpgsqlParameter<TimeSpan> Interval(TimeSpan value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Interval };
}

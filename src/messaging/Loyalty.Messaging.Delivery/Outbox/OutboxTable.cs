using Loyalty.Messaging.Delivery.Database;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>The outbox's statements.</summary>
public static class OutboxTable
{
    const string Columns = "id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at, scheduled";

    /// <summary>
    /// What goes after a message of its stream that was left behind is the sweeper's from the start, as is that one: it is due at once, and
    /// that is what comes back.
    /// </summary>
    /// <remarks>
    /// A subquery with a limit is a walk along the index for every row, whatever the statistics say; EXISTS might become a hash of the
    /// table.
    /// </remarks>
    internal const string InsertSql = $"""
        INSERT INTO {TableNames.Outbox} ({Columns})
        SELECT id, stream, message_id, destination, content_type, message_type, metadata, body, created_at,
            now() + CASE WHEN NOT scheduled AND (
                SELECT true FROM {TableNames.Outbox} e
                WHERE e.stream = message.stream AND e.due_at IS NOT NULL AND NOT e.scheduled
                    AND (e.attempts > 0 OR e.due_at <= now()) LIMIT 1)
                THEN interval '0' ELSE due_in END,
            scheduled
        FROM (SELECT unnest($1) AS id, unnest($2) AS stream, unnest($3) AS message_id, unnest($4) AS destination,
            unnest($5) AS content_type, unnest($6) AS message_type, unnest($7) AS metadata, unnest($8) AS body,
            unnest($9) AS created_at, unnest($10) AS due_in, unnest($11) AS scheduled) AS message
        RETURNING id, due_at <= now()
        """;

    /// <summary>
    /// Takes what is due and leases it; nobody holds a transaction while it is sent. An unsent, unscheduled row of the same stream goes
    /// first.
    /// </summary>
    /// <remarks>
    /// The walk along the index on due_at ends after <see cref="MostAtOnce"/> rows, which the planner is told by a constant: for a
    /// parameter it would assume a tenth of the table.
    /// By due_at alone: rows may be due at one instant by the million, and a second key would sort them all.
    /// The array keeps the outer part an index scan whatever the estimate says.
    /// </remarks>
    internal static readonly string ClaimSql = $"""
        WITH due AS MATERIALIZED (
            SELECT o.id, o.due_at FROM {TableNames.Outbox} o
            WHERE o.due_at >= $2 AND o.due_at <= now() AND (o.scheduled OR NOT EXISTS (
                SELECT 1 FROM {TableNames.Outbox} e
                WHERE e.stream = o.stream AND e.sequence < o.sequence AND e.due_at IS NOT NULL AND NOT e.scheduled))
            ORDER BY o.due_at LIMIT {MostAtOnce} FOR UPDATE SKIP LOCKED)
        UPDATE {TableNames.Outbox} SET attempts = attempts + 1, due_at = now() + $1
        WHERE id = ANY(ARRAY(SELECT id FROM due))
        RETURNING id, stream, message_id, destination, content_type, message_type, metadata::text, body, created_at, attempts, sequence,
            (SELECT max(due_at) FROM due)
        """;

    /// <summary>
    /// What is due already is not asked for: if the claim before did not take it, then another worker has it or its stream waits for
    /// something else.
    /// </summary>
    internal const string NextDueSql = $"SELECT due_at - now() FROM {TableNames.Outbox} WHERE due_at > now() ORDER BY due_at LIMIT 1";

    /// <summary>
    /// Sending failed: again after a wait, or parked when there is none. What was never tried, and so has no fault, is given back
    /// uncounted.
    /// </summary>
    internal const string FailSql = $"""
        UPDATE {TableNames.Outbox} o SET
            due_at = now() + f.wait, parked_at = CASE WHEN f.wait IS NULL THEN now() END,
            last_fault = coalesce(f.fault, o.last_fault), attempts = o.attempts - (f.fault IS NULL)::integer
        FROM unnest($1, $2, $3) AS f(id, wait, fault) WHERE o.id = f.id
        """;

    internal const string DeleteSql = $"DELETE FROM {TableNames.Outbox} WHERE id = ANY($1)";

    internal const string CancelSql = $"DELETE FROM {TableNames.Outbox} WHERE id = ANY($1) AND scheduled";

    /// <summary>Rows of one claim: few enough for a claim to take milliseconds and for no burst to be felt.</summary>
    internal const int MostAtOnce = 50;

    /// <summary>In this order: it is the order in which they are sent.</summary>
    public static NpgsqlBatchCommand Insert(IReadOnlyList<OutboxMessage> rows) =>
        new(InsertSql)
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

    /// <param name="from">Where in time to begin: what was due before is left alone.</param>
    internal static async Task<Claim> ClaimAsync(
        NpgsqlConnection connection,
        TimeSpan lease,
        DateTimeOffset from,
        CancellationToken cancellationToken
    )
    {
        // One transaction, so one instant: nothing becomes due between the two statements.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(ClaimSql) { Parameters = { Interval(lease), Instant(from) } },
                new NpgsqlBatchCommand(NextDueSql),
            },
        };
        var rows = new List<OutboxMessage>();
        DateTimeOffset? last = null;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(
                new OutboxMessage
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
                    Sequence = reader.GetInt64(10),
                }
            );
            last ??= reader.GetFieldValue<DateTimeOffset>(11);
        }
        await reader.NextResultAsync(cancellationToken);
        var next = await reader.ReadAsync(cancellationToken) ? reader.GetTimeSpan(0) : (TimeSpan?)null;
        return new Claim(rows, last, next);
    }

    /// <summary>Takes back what was scheduled. One that is on its way already arrives: its recipient looks at the token.</summary>
    internal static NpgsqlBatchCommand Cancel(IReadOnlyList<Guid> tokens) => new(CancelSql) { Parameters = { Uuids([.. tokens]) } };

    internal static async Task DeleteAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DeleteSql, connection) { Parameters = { Uuids(ids) } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What became of a claim, in one round trip.</summary>
    internal static async Task SettleAsync(
        NpgsqlConnection connection,
        Guid[] sent,
        IReadOnlyList<Unsent> unsent,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        if (sent.Length > 0)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteSql) { Parameters = { Uuids(sent) } });
        if (unsent.Count > 0)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(FailSql)
                {
                    Parameters =
                    {
                        Uuids([.. unsent.Select(row => row.Id)]),
                        new NpgsqlParameter<TimeSpan?[]>
                        {
                            TypedValue = [.. unsent.Select(row => row.Wait)],
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval,
                        },
                        new NpgsqlParameter<string?[]>
                        {
                            TypedValue = [.. unsent.Select(row => row.Fault)],
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                        },
                    },
                }
            );
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlParameter<Guid> Uuid(Guid value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    static NpgsqlParameter<Guid[]> Uuids(Guid[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) =>
        new() { TypedValue = value.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    static NpgsqlParameter<TimeSpan> Interval(TimeSpan value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Interval };
}

/// <summary>What a claim took.</summary>
/// <param name="Rows">In no order.</param>
/// <param name="LastDueAt">When the last of them was due; null when nothing was.</param>
/// <param name="NextDueIn">How long until the next row becomes due; null when there is none.</param>
internal sealed record Claim(IReadOnlyList<OutboxMessage> Rows, DateTimeOffset? LastDueAt, TimeSpan? NextDueIn)
{
    /// <summary>A timestamp from before it was asked for: its lease ends no earlier than counted from here.</summary>
    public long At { get; init; }
}

/// <summary>A claimed row that did not go.</summary>
/// <param name="Wait">Until the next attempt; null: it is parked.</param>
/// <param name="Fault">Null: it was not tried.</param>
internal readonly record struct Unsent(Guid Id, TimeSpan? Wait, string? Fault);

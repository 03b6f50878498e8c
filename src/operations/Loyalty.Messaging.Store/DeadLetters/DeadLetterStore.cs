using System.Data;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Store.Audit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Store.DeadLetters;

/// <summary>A message as it was taken from the queue of dead letters.</summary>
/// <param name="Letter">Its row, as if it came for the first time.</param>
/// <param name="Text">What it is searched by.</param>
public sealed record TakenLetter(DeadLetter Letter, string Text);

/// <summary>Keeps what was given up.</summary>
public sealed class DeadLetterStore(LoyaltyDbContext context, AuditTrail audit)
{
    /// <summary>Most messages about a refund name no order: its row knows it.</summary>
    const string InsertSql = """
        INSERT INTO dead_letter (id, state, state_since, kind, owner, endpoint, exchange, message_type, message_id, delivery_id,
            content_type, reason, exception, fingerprint,
            order_id, refund_id, headers, body, first_failed_at, last_failed_at, failures)
        SELECT id, 'Open', now(), kind, owner, endpoint, exchange, message_type, message_id, delivery_id, content_type, reason, exception,
            fingerprint,
            coalesce(order_id, (SELECT r.order_id FROM reversal r WHERE r.refund_id = letter.refund_id)), refund_id, headers, body,
            at, at, 0
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            AS letter (id, kind, owner, endpoint, exchange, message_type, message_id, delivery_id, content_type, reason, exception,
                fingerprint, order_id, refund_id, headers, body, at)
        ON CONFLICT (id) DO NOTHING
        """;

    const string TextSql = "INSERT INTO dead_letter_text (dead_letter_id, text) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING";

    /// <summary>Only a failure that is new counts: the queue may bring the same one twice.</summary>
    const string FailureSql = """
        WITH failed AS (
            INSERT INTO dead_letter_failure (dead_letter_id, at, kind, reason, exception)
            SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING dead_letter_id, at, kind, reason, exception),
        newest AS (SELECT DISTINCT ON (dead_letter_id) * FROM failed ORDER BY dead_letter_id, at DESC),
        causes AS (SELECT * FROM unnest($1, $6, $7) AS cause (id, owner, fingerprint))
        UPDATE dead_letter d SET
            failures = d.failures + (SELECT count(*) FROM failed f WHERE f.dead_letter_id = d.id)::integer,
            first_failed_at = least(d.first_failed_at, n.at), last_failed_at = greatest(d.last_failed_at, n.at),
            kind = n.kind, reason = n.reason, exception = n.exception, owner = c.owner, fingerprint = c.fingerprint,
            state = 'Open', state_since = CASE WHEN d.state = 'Open' THEN d.state_since ELSE now() END,
            state_by = CASE WHEN d.state = 'Open' THEN d.state_by END,
            state_reason = CASE d.state
                WHEN 'Open' THEN d.state_reason
                WHEN 'Discarded' THEN 'It came again after it had been discarded'
                ELSE 'It came back'
            END
        FROM newest n JOIN causes c ON c.id = n.dead_letter_id
        WHERE d.id = n.dead_letter_id
        RETURNING d.id, d.job_id, d.reason
        """;

    /// <summary>What came back while, or after, a job had sent it.</summary>
    const string ReturnedSql = """
        UPDATE job_item i SET state = 'Failed', outcome = r.reason, settled_at = now()
        FROM unnest($1, $2, $3) AS r (letter, job, reason)
        WHERE i.job_id = r.job AND i.subject = r.letter::text AND i.state IN ('Sent', 'Done')
        """;

    /// <summary>
    /// Adds what is new, counts what came again, and tells the jobs that had sent it. One transaction: when it returns, the queue may
    /// forget them.
    /// </summary>
    public async Task TakeAsync(IReadOnlyList<TakenLetter> taken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        // In the order of their ids: two processes that take the same letters wait for each other and do not lock each other out.
        var letters = taken.OrderBy(each => each.Letter.Id).ToList();
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { Insert(letters), Text(letters) } })
            await batch.ExecuteNonQueryAsync(cancellationToken);
        var returned = new List<(Guid Letter, Guid Job, string Reason)>();
        await using (var failures = Failures(connection, letters))
        await using (var reader = await failures.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                if (!await reader.IsDBNullAsync(1, cancellationToken))
                    returned.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2)));
        if (returned.Count > 0)
        {
            await using var command = new NpgsqlCommand(ReturnedSql, connection)
            {
                Parameters =
                {
                    Column.Of(returned, each => each.Letter, NpgsqlDbType.Uuid),
                    Column.Of(returned, each => each.Job, NpgsqlDbType.Uuid),
                    Column.Of(returned, each => each.Reason, NpgsqlDbType.Text),
                },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        foreach (var letter in letters)
            Points.Reach(Points.LettersTaken, letter.Letter.Id);
    }

    /// <summary>Add a note to a group, for your colleagues; an empty note is none.</summary>
    public async Task NoteAsync(Guid fingerprint, string note, string by, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(note))
            await context.DeadLetterNotes.Where(row => row.Fingerprint == fingerprint).ExecuteDeleteAsync(cancellationToken);
        else
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO dead_letter_note (fingerprint, note, by, at) VALUES ({fingerprint}, {note}, {by}, now())
                ON CONFLICT (fingerprint) DO UPDATE SET note = excluded.note, by = excluded.by, at = excluded.at
                """,
                cancellationToken
            );
    }

    /// <summary>Discards what is open and restores what is discarded; the others are left alone.</summary>
    /// <returns>The ids of those that were changed.</returns>
    public async Task<IReadOnlyList<Guid>> MoveAsync(
        IReadOnlyList<Guid> ids,
        string from,
        string to,
        string by,
        string reason,
        CancellationToken cancellationToken
    )
    {
        Guid[] wanted = [.. ids];
        return await context
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE dead_letter SET state = {to}, state_since = now(), state_by = {by}, state_reason = {reason}
                WHERE id = ANY({wanted}) AND state = {from} RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
    }

    /// <summary>Puts an edited message in the place of an open one; the original stays, and each knows the other.</summary>
    /// <returns>False when the original is not open any more.</returns>
    public async Task<bool> ReplaceAsync(
        Guid original,
        DeadLetter edited,
        string text,
        string by,
        string reason,
        AuditedAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(edited);
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var replaced = await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE dead_letter SET state = 'Edited', state_since = now(), state_by = {by}, state_reason = {reason}, edited_to = {edited.Id}
                WHERE id = {original} AND state = 'Open'
            """,
            cancellationToken
        );
        if (replaced == 0)
            return false;
        await audit.AppendAsync(act, cancellationToken);
        var letters = new List<TakenLetter> { new(edited, text) };
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { Insert(letters), Text(letters) } })
            await batch.ExecuteNonQueryAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"UPDATE dead_letter SET edited_from = {original}, key_by_hand = {edited.KeyByHand} WHERE id = {edited.Id}",
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Deletes what was discarded, or sent again without coming back, before then; a bounded number at a time.</summary>
    /// <returns>How many went.</returns>
    public Task<int> PurgeAsync(DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM dead_letter WHERE id IN (
                SELECT id FROM dead_letter WHERE state IN ('Discarded', 'Replayed', 'Edited') AND state_since < {before}
                    ORDER BY state_since LIMIT {most} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken
        );

    static NpgsqlBatchCommand Insert(List<TakenLetter> letters) =>
        new(InsertSql)
        {
            Parameters =
            {
                Of(letters, letter => letter.Id, NpgsqlDbType.Uuid),
                Of(letters, letter => letter.Kind, NpgsqlDbType.Text),
                Of(letters, letter => letter.Owner, NpgsqlDbType.Text),
                Of(letters, letter => letter.Endpoint, NpgsqlDbType.Text),
                Of(letters, letter => letter.Exchange, NpgsqlDbType.Text),
                Of(letters, letter => letter.MessageType, NpgsqlDbType.Text),
                Of(letters, letter => letter.MessageId, NpgsqlDbType.Text),
                Of(letters, letter => letter.DeliveryId, NpgsqlDbType.Uuid),
                Of(letters, letter => letter.ContentType, NpgsqlDbType.Text),
                Of(letters, letter => letter.Reason, NpgsqlDbType.Text),
                Of(letters, letter => letter.Exception, NpgsqlDbType.Text),
                Of(letters, letter => letter.Fingerprint, NpgsqlDbType.Uuid),
                Of(letters, letter => letter.OrderId, NpgsqlDbType.Text),
                Of(letters, letter => letter.RefundId, NpgsqlDbType.Text),
                Of(letters, letter => letter.Headers, NpgsqlDbType.Jsonb),
                Of(letters, letter => letter.Body, NpgsqlDbType.Bytea),
                Of(letters, letter => letter.LastFailedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
            },
        };

    static NpgsqlBatchCommand Text(List<TakenLetter> letters) =>
        new(TextSql)
        {
            Parameters = { Of(letters, letter => letter.Id, NpgsqlDbType.Uuid), Column.Of(letters, each => each.Text, NpgsqlDbType.Text) },
        };

    static NpgsqlCommand Failures(NpgsqlConnection connection, List<TakenLetter> letters) =>
        new(FailureSql, connection)
        {
            Parameters =
            {
                Of(letters, letter => letter.Id, NpgsqlDbType.Uuid),
                Of(letters, letter => letter.LastFailedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
                Of(letters, letter => letter.Kind, NpgsqlDbType.Text),
                Of(letters, letter => letter.Reason, NpgsqlDbType.Text),
                Of(letters, letter => letter.Exception, NpgsqlDbType.Text),
                Of(letters, letter => letter.Owner, NpgsqlDbType.Text),
                Of(letters, letter => letter.Fingerprint, NpgsqlDbType.Uuid),
            },
        };

    static NpgsqlParameter<T[]> Of<T>(List<TakenLetter> letters, Func<DeadLetter, T> value, NpgsqlDbType type) =>
        Column.Of(letters, each => value(each.Letter), type);
}

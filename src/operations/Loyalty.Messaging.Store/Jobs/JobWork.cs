using System.Data;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.Store.Jobs;

/// <summary>
/// Jobs as they are worked on. One process has a job at a time, for as long as its lease; every step checks the lease in its own
/// transaction, so that a process that stood still changes nothing when it comes back.
/// </summary>
public sealed class JobWork(LoyaltyDbContext context)
{
    /// <summary>
    /// What is told of a replay comes within moments; after this time, and when the message has left the outbox, nothing is expected any
    /// more.
    /// </summary>
    const int SilentAfterSeconds = 60;

    /// <summary>A call has its tries, and may wait for the end of a pause before them.</summary>
    const int CallSilentAfterSeconds = 300;

    /// <summary>
    /// Takes the oldest job that nobody works on: one that runs, or whose last items are still on their way. What a paused decision was at
    /// when its process died waits until it is resumed.
    /// </summary>
    public async Task<Job?> LeaseAsync(Guid owner, TimeSpan lease, CancellationToken cancellationToken) =>
        (
            await context
                .Jobs.FromSql(
                    $"""
                    UPDATE job SET lease_owner = {owner}, lease_until = now() + {lease} WHERE id = (
                        SELECT id FROM job WHERE (lease_until IS NULL OR lease_until < now() OR lease_owner = {owner})
                            AND (state = 'Running' OR ((state = 'Cancelled' OR (state IN ('Paused', 'Stopped') AND kind = 'replay'))
                                AND EXISTS (SELECT 1 FROM job_item i WHERE i.job_id = job.id AND i.state = 'Sent')))
                        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING *
                    """
                )
                .ToListAsync(cancellationToken)
        ).SingleOrDefault();

    /// <returns>The job as it is now; null when somebody else has it.</returns>
    public async Task<Job?> RenewAsync(Guid id, Guid owner, TimeSpan lease, CancellationToken cancellationToken) =>
        (
            await context
                .Jobs.FromSql($"UPDATE job SET lease_until = now() + {lease} WHERE id = {id} AND lease_owner = {owner} RETURNING *")
                .ToListAsync(cancellationToken)
        ).SingleOrDefault();

    public Task ReleaseAsync(Guid id, Guid owner, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"UPDATE job SET lease_until = NULL, lease_owner = NULL WHERE id = {id} AND lease_owner = {owner}",
            cancellationToken
        );

    public async Task<JobProgress> ProgressAsync(Job job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var since = job.ResumedAt ?? DateTimeOffset.MinValue;
        var progress = await context
            .Database.SqlQuery<JobProgress>(
                $"""
                SELECT count(*) FILTER (WHERE state = 'Waiting')::integer AS "Waiting",
                    count(*) FILTER (WHERE state = 'Sent')::integer AS "Sent",
                    count(*) FILTER (WHERE state = 'Done')::integer AS "Done",
                    count(*) FILTER (WHERE state = 'Failed')::integer AS "Failed",
                    count(*) FILTER (WHERE state = 'Skipped')::integer AS "Skipped",
                    count(*) FILTER (WHERE sent_at >= {since})::integer AS "Begun",
                    count(*) FILTER (WHERE sent_at >= {since} AND state IN ('Done', 'Failed'))::integer AS "Settled",
                    count(*) FILTER (WHERE sent_at >= {since} AND state = 'Failed')::integer AS "FailedNow", NULL::text AS "CameBack"
                FROM job_item WHERE job_id = {job.Id}
                """
            )
            .SingleAsync(cancellationToken);
        if (progress.FailedNow == 0 || job.Kind != JobKinds.Replay)
            return progress;
        return progress with
        {
            CameBack = await context
                .Database.SqlQuery<string>(
                    $"""
                    SELECT d.reason AS "Value" FROM job_item i JOIN dead_letter d ON d.id = i.subject::uuid
                    WHERE i.job_id = {job.Id} AND i.state = 'Failed' AND i.sent_at >= {since} AND i.cause = d.fingerprint LIMIT 1
                    """
                )
                .FirstOrDefaultAsync(cancellationToken),
        };
    }

    /// <summary>What comes next: never two of one order, and none behind one of its order that is not settled.</summary>
    public async Task<IReadOnlyList<JobItem>> NextAsync(Guid id, int most, CancellationToken cancellationToken) =>
        await context
            .JobItems.FromSql(
                $"""
                SELECT i.* FROM job_item i WHERE i.job_id = {id} AND i.state = 'Waiting' AND NOT EXISTS (
                    SELECT 1 FROM job_item e WHERE e.job_id = i.job_id AND e.order_id = i.order_id AND e.ordinal < i.ordinal
                        AND e.state IN ('Waiting', 'Sent'))
                ORDER BY i.ordinal LIMIT {most}
                """
            )
            .ToListAsync(cancellationToken);

    /// <summary>Of these items, those behind one of their order that failed.</summary>
    public async Task<IReadOnlySet<int>> BehindFailedAsync(Guid id, IReadOnlyList<int> ordinals, CancellationToken cancellationToken)
    {
        int[] wanted = [.. ordinals];
        return (
            await context
                .Database.SqlQuery<int>(
                    $"""
                    SELECT i.ordinal AS "Value" FROM job_item i WHERE i.job_id = {id} AND i.ordinal = ANY({wanted}) AND EXISTS (
                        SELECT 1 FROM job_item e WHERE e.job_id = i.job_id AND e.order_id = i.order_id AND e.ordinal < i.ordinal
                            AND e.state = 'Failed')
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToHashSet();
    }

    /// <summary>Whole dead letters, by id.</summary>
    public Task<Dictionary<Guid, DeadLetter>> LettersAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        context.DeadLetters.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancellationToken);

    /// <summary>Leaves items of a replay out; their dead letters are open again.</summary>
    public async Task SkipAsync(Guid id, IReadOnlyDictionary<int, string> reasons, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        int[] ordinals = [.. reasons.Keys];
        string[] outcomes = [.. reasons.Values];
        await context.Database.ExecuteSqlAsync(
            $"""
            WITH skipped AS (
                UPDATE job_item i SET state = 'Skipped', outcome = s.outcome, settled_at = now()
                    FROM unnest({ordinals}, {outcomes}) AS s (ordinal, outcome)
                WHERE i.job_id = {id} AND i.ordinal = s.ordinal AND i.state = 'Waiting' RETURNING i.subject, i.outcome)
            UPDATE dead_letter d SET state = 'Open', state_since = now(), state_reason = 'Left out of its replay: ' || s.outcome
            FROM skipped s WHERE d.id = s.subject::uuid AND d.state = 'Replaying' AND d.job_id = {id}
            """,
            cancellationToken
        );
    }

    /// <summary>
    /// Puts messages into the outbox, in the same transaction in which they count as sent: a crash anywhere sends each once.
    /// </summary>
    /// <returns>How many went.</returns>
    public async Task<int> SendAsync(Guid id, Guid owner, IReadOnlyList<ReplayedMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (
            await context.Database.ExecuteSqlAsync(
                $"""
                UPDATE job SET lease_until = greatest(lease_until, now()) WHERE id = {id} AND lease_owner = {owner}
                    AND state = 'Running'
                """,
                cancellationToken
            ) == 0
        )
            return 0;
        int[] ordinals = [.. messages.Select(message => message.Ordinal)];
        Guid[] rows = [.. messages.Select(message => message.OutboxId)];
        var sent = (
            await context
                .Database.SqlQuery<int>(
                    $"""
                    UPDATE job_item i SET state = 'Sent', sent_at = now(), settled_at = NULL, outcome = NULL, outbox_id = s.outbox_id,
                        journal_at = (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_sequence)
                    FROM unnest({ordinals}, {rows}) AS s (ordinal, outbox_id)
                    WHERE i.job_id = {id} AND i.ordinal = s.ordinal AND i.state = 'Waiting'
                    RETURNING i.ordinal AS "Value"
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToHashSet();
        var going = messages.Where(message => sent.Contains(message.Ordinal)).ToList();
        Guid[] letters = [.. going.Select(message => message.LetterId)];
        await context.Database.ExecuteSqlAsync(
            $"UPDATE dead_letter SET replays = replays + 1 WHERE id = ANY({letters})",
            cancellationToken
        );
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (
            var batch = new NpgsqlBatch(connection) { BatchCommands = { OutboxTable.Insert([.. going.Select(message => message.Row())]) } }
        )
            await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return going.Count;
    }

    /// <summary>
    /// Looks what became of what was sent: the journal tells of its delivery, or nothing is expected any more. What comes back is told by
    /// whoever takes dead letters.
    /// What the broker would not have has failed; its row goes, for the dead letter is open again and stands for it.
    /// </summary>
    public Task SettleReplaysAsync(Guid id, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            WITH looked AS (
                SELECT i.ordinal, i.sent_at, i.outbox_id, d.endpoint LIKE 'loyalty.issuer-%' AS is_call, EXISTS (
                    SELECT 1 FROM journal j WHERE j.order_id = d.order_id AND j.sequence > i.journal_at
                        AND (j.message_id = d.delivery_id OR d.endpoint LIKE 'loyalty.issuer-%')) AS told
                FROM job_item i JOIN dead_letter d ON d.id = i.subject::uuid WHERE i.job_id = {id} AND i.state = 'Sent'),
            parked AS (DELETE FROM outbox o USING looked l WHERE o.id = l.outbox_id AND o.parked_at IS NOT NULL RETURNING o.id),
            settled AS (
                UPDATE job_item i SET state = CASE WHEN p.id IS NULL THEN 'Done' ELSE 'Failed' END, settled_at = now(),
                    outcome = CASE WHEN p.id IS NOT NULL THEN 'The broker would not have it in any attempt'
                        WHEN l.told THEN 'Delivered and recorded' ELSE 'Sent, and nothing was heard of it in time' END
                FROM looked l LEFT JOIN parked p ON p.id = l.outbox_id
                WHERE i.job_id = {id} AND i.ordinal = l.ordinal AND i.state = 'Sent'
                    AND (p.id IS NOT NULL OR l.told
                        OR (NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = l.outbox_id) AND l.sent_at < now()
                            - make_interval(secs => CASE WHEN l.is_call THEN {CallSilentAfterSeconds} ELSE {SilentAfterSeconds} END)))
                RETURNING i.subject, i.state, i.outcome)
            UPDATE dead_letter d SET state = CASE s.state WHEN 'Done' THEN 'Replayed' ELSE 'Open' END, state_since = now(),
                state_reason = CASE s.state WHEN 'Done' THEN d.state_reason ELSE s.outcome END
            FROM settled s WHERE d.id = s.subject::uuid AND d.state = 'Replaying' AND d.job_id = {id}
            """,
            cancellationToken
        );

    /// <summary>An item of another kind is begun, so that it is known should the process die with it.</summary>
    public async Task<bool> BeginAsync(Guid id, Guid owner, int ordinal, CancellationToken cancellationToken) =>
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job_item SET state = 'Sent', sent_at = now() WHERE job_id = {id} AND ordinal = {ordinal} AND state IN ('Waiting', 'Sent')
                AND EXISTS (SELECT 1 FROM job WHERE id = {id} AND lease_owner = {owner} AND state = 'Running')
            """,
            cancellationToken
        ) == 1;

    public Task EndAsync(Guid id, int ordinal, string state, string outcome, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job_item SET state = {state}, outcome = {outcome}, settled_at = now() WHERE job_id = {id} AND ordinal = {ordinal}
                AND state = 'Sent'
            """,
            cancellationToken
        );

    /// <summary>Begun by a process that is no more.</summary>
    public Task<List<JobItem>> LeftBehindAsync(Guid id, CancellationToken cancellationToken) =>
        context
            .JobItems.Where(item => item.JobId == id && item.State == JobItemStates.Sent)
            .OrderBy(item => item.Ordinal)
            .ToListAsync(cancellationToken);

    /// <summary>Of a cancelled job: what a process was at when it ended is not done again.</summary>
    public Task LeaveAsync(Guid id, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job_item SET state = 'Skipped', settled_at = now(),
                outcome = 'Begun by a process that ended before it heard an answer; its own page tells whether it was done'
            WHERE job_id = {id} AND state = 'Sent'
            """,
            cancellationToken
        );

    /// <summary>The job stops automatically, or is done.</summary>
    public Task ChangeAsync(Guid id, Guid owner, string state, string? reason, CancellationToken cancellationToken)
    {
        var ended = JobStates.HasEnded(state);
        return context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job SET state = {state}, state_since = now(), state_reason = {reason}, ended_at =
                CASE WHEN {ended} THEN now() END, parameters = CASE WHEN NOT {ended} THEN parameters END WHERE id = {id}
                AND lease_owner = {owner} AND state = 'Running'
            """,
            cancellationToken
        );
    }
}

/// <summary>How far a job is: items by state.</summary>
public sealed record JobProgress
{
    public int Waiting { get; init; }
    public int Sent { get; init; }
    public int Done { get; init; }
    public int Failed { get; init; }
    public int Skipped { get; init; }

    /// <summary>Since it was started or resumed.</summary>
    public int Begun { get; init; }

    /// <summary>Of those begun.</summary>
    public int Settled { get; init; }

    /// <summary>Of those settled.</summary>
    public int FailedNow { get; init; }

    /// <summary>The reason of a dead letter that came back for the cause it had before; null when none has.</summary>
    public string? CameBack { get; init; }
}

/// <summary>A dead letter on its way out again.</summary>
/// <param name="OutboxId">Follows from job and item: the same step never makes two rows.</param>
/// <param name="Headers">Texts, numbers and truth values.</param>
public sealed record ReplayedMessage(
    int Ordinal,
    Guid LetterId,
    Guid OutboxId,
    Guid Stream,
    Guid MessageId,
    string Destination,
    string ContentType,
    IReadOnlyDictionary<string, object> Headers,
    byte[] Body,
    DateTimeOffset Now
)
{
    internal OutboxMessage Row() =>
        new()
        {
            Id = OutboxId,
            Stream = Stream,
            MessageId = MessageId,
            Destination = Destination,
            ContentType = ContentType,
            Metadata = new MessageMetadata { Headers = Headers.ToDictionary() }.ToJson(),
            Body = Body,
            CreatedAt = Now,
            DueIn = TimeSpan.Zero,
        };
}

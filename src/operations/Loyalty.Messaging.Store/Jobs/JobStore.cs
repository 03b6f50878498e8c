using System.Data;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Store.Jobs;

/// <summary>
/// Jobs as people make and steer them. Every change is audited in its own transaction; one that cannot be audited is not made.
/// </summary>
public sealed class JobStore(LoyaltyDbContext context, AuditTrail audit, LoneActs alone)
{
    const string ItemsSql = """
        INSERT INTO job_item (job_id, ordinal, subject, order_id, state, cause, miles)
        SELECT $1, item.ordinal, item.subject, item.order_id, 'Waiting', item.cause, item.miles
        FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS item (subject, order_id, cause, miles, ordinal)
        """;

    /// <summary>Freezes what is selected and open into a job, and sets it aside: no other job can have it.</summary>
    /// <param name="measure">Of just these, in the order of sending: how many miles each moves at most. It may complete the job.</param>
    /// <returns>The job, also when it was made before; null when nothing of the selection is open.</returns>
    public async Task<Job?> CreateReplayAsync(
        Job job,
        DeadLetterSelection selection,
        Func<IReadOnlyList<Guid>, Task<IReadOnlyDictionary<Guid, int?>>> measure,
        AuditedAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(measure);
        await using var transaction = await BeginAsync(cancellationToken);
        if (await ExistingAsync(job, cancellationToken) is { } existing)
            return existing;
        var letters = await context
            .Selected(selection with { State = DeadLetterStates.Open })
            .OrderBy(row => row.FirstFailedAt)
            .ThenBy(row => row.Sequence)
            .Select(row => new
            {
                row.Id,
                row.OrderId,
                row.Fingerprint,
            })
            .ToListAsync(cancellationToken);
        Guid[] ids = [.. letters.Select(letter => letter.Id)];
        // Held before they are measured: what is measured is what is sent.
        var held = (
            await context
                .Database.SqlQuery<Guid>(
                    $"""
                    SELECT id AS "Value" FROM dead_letter WHERE id = ANY({ids}) AND state = 'Open' ORDER BY id FOR UPDATE
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToHashSet();
        if (held.Count == 0)
            return null;
        letters = [.. letters.Where(letter => held.Contains(letter.Id))];
        ids = [.. letters.Select(letter => letter.Id)];
        var miles = await measure(ids);
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE dead_letter SET state = 'Replaying', state_since = now(), state_by = {job.CreatedBy}, state_reason = {job.Reason},
                job_id = {job.Id} WHERE id = ANY({ids})
            """,
            cancellationToken
        );
        return await InsertAsync(
            job,
            [.. letters.Select(letter => new JobSubject(letter.Id.ToString(), letter.OrderId, miles[letter.Id], letter.Fingerprint))],
            act,
            transaction,
            cancellationToken
        );
    }

    /// <summary>
    /// A job whose items are named. It waits for a second person when it says so, or when whoever asks may not do so much alone.
    /// </summary>
    /// <returns>The job, also when it was made before.</returns>
    /// <exception cref="JobIdInUseException">What was made before is of another kind, or for another reason.</exception>
    public async Task<Job> CreateAsync(Job job, IReadOnlyList<JobSubject> items, AuditedAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        await using var transaction = await BeginAsync(cancellationToken);
        return await ExistingAsync(job, cancellationToken) ?? await InsertAsync(job, items, act, transaction, cancellationToken);
    }

    /// <summary>The job of a request that came before.</summary>
    /// <returns>Null when there is no such job.</returns>
    /// <exception cref="JobIdInUseException">It is of another kind, or for another reason.</exception>
    public async Task<Job?> FindSameAsync(Guid id, string kind, string reason, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is not { } job ? null
        : job.Kind == kind && job.Reason == reason ? job
        : throw new JobIdInUseException(id);

    /// <returns>Null when there is no such job.</returns>
    public Task<Job?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        context.Jobs.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    /// <summary>A second person says yes.</summary>
    /// <returns>Null when done; otherwise why not.</returns>
    public async Task<string?> ApproveAsync(Guid id, Someone by, AuditedAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(by);
        await using var transaction = await BeginAsync(cancellationToken);
        if (await LockedAsync(id, cancellationToken) is not { } job)
            return NoSuchJob(id);
        if (job.State != JobStates.AwaitingApproval)
            return $"It waits for no approval: it is {job.State}";
        if (by.MayBe(job.CreatedBy, job.CreatedIdentity))
            return "Whoever asks for it cannot approve it: a second person has to";
        await audit.AppendAsync(act, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job SET state = 'Running', state_since = now(), state_reason = NULL, approved_by = {by.Name},
                approved_identity = {by.Identity}, approved_at = now()
            WHERE id = {id}
            """,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <returns>Null when done; otherwise why not.</returns>
    public async Task<string?> PauseAsync(Guid id, AuditedAct act, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        if (await LockedAsync(id, cancellationToken) is not { } job)
            return NoSuchJob(id);
        if (job.State != JobStates.Running)
            return $"Only a running job can be paused: this one is {job.State}";
        await audit.AppendAsync(act, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"UPDATE job SET state = 'Paused', state_since = now(), state_reason = {act.Reason} WHERE id = {id}",
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Goes on, with the ramp from its beginning; what failed and is still open is tried again, first.</summary>
    /// <returns>Null when done; otherwise why not.</returns>
    public async Task<string?> ResumeAsync(Guid id, AuditedAct act, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        if (await LockedAsync(id, cancellationToken) is not { } job)
            return NoSuchJob(id);
        if (job.State is not (JobStates.Paused or JobStates.Stopped))
            return $"Only a paused or stopped job can be resumed: this one is {job.State}";
        await audit.AppendAsync(act, cancellationToken);
        if (job.Kind == JobKinds.Replay)
            await context.Database.ExecuteSqlAsync(
                $"""
                WITH again AS (
                    UPDATE dead_letter d SET state = 'Replaying', state_since = now(), state_by = {act.Actor}, state_reason = {act.Reason}
                    FROM job_item i WHERE i.job_id = {id} AND i.state IN ('Failed', 'Skipped') AND d.id = i.subject::uuid
                        AND d.state = 'Open' AND d.job_id = {id} RETURNING i.ordinal)
                UPDATE job_item i SET state = 'Waiting', outcome = NULL, sent_at = NULL, settled_at = NULL FROM again WHERE i.job_id = {id}
                    AND i.ordinal = again.ordinal
                """,
                cancellationToken
            );
        else
            await context.Database.ExecuteSqlAsync(
                $"""
                UPDATE job_item SET state = 'Waiting', outcome = NULL, sent_at = NULL, settled_at = NULL WHERE job_id = {id}
                    AND state = 'Failed'
                """,
                cancellationToken
            );
        await context.Database.ExecuteSqlAsync(
            $"UPDATE job SET state = 'Running', state_since = now(), state_reason = NULL, resumed_at = now() WHERE id = {id}",
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>What has not begun never will; what it had set aside is open again. What is on its way arrives.</summary>
    /// <returns>Null when done; otherwise why not.</returns>
    public async Task<string?> CancelAsync(Guid id, AuditedAct act, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(cancellationToken);
        if (await LockedAsync(id, cancellationToken) is not { } job)
            return NoSuchJob(id);
        if (JobStates.HasEnded(job.State))
            return $"It has ended: it is {job.State}";
        await audit.AppendAsync(act, cancellationToken);
        if (job.Kind == JobKinds.Replay)
            await context.Database.ExecuteSqlAsync(
                $"""
                UPDATE dead_letter d SET state = 'Open', state_since = now(), state_by = {act.Actor}, state_reason = 'Its job was cancelled'
                FROM job_item i WHERE i.job_id = {id} AND i.state = 'Waiting' AND d.id = i.subject::uuid AND d.state = 'Replaying'
                    AND d.job_id = {id}
                """,
                cancellationToken
            );
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job_item SET state = 'Skipped', outcome = 'The job was cancelled before', settled_at = now() WHERE job_id = {id}
                AND state = 'Waiting'
            """,
            cancellationToken
        );
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE job SET state = 'Cancelled', state_since = now(), state_reason = {act.Reason}, ended_at = now(), parameters = NULL
                WHERE id = {id}
            """,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    async Task<Job> InsertAsync(
        Job job,
        IReadOnlyList<JobSubject> items,
        AuditedAct act,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        job.Total = items.Count;
        job.NeedsApproval ??= await alone.CountAsync(
            job.Id,
            new Someone(job.CreatedBy, job.CreatedIdentity ?? ""),
            Weight.Of([.. items.Select(item => item.Miles)]),
            cancellationToken
        );
        (job.State, job.StateReason) = (job.NeedsApproval is null ? JobStates.Running : JobStates.AwaitingApproval, job.NeedsApproval);
        await audit.AppendAsync(
            act with
            {
                Details = new
                {
                    job.Description,
                    job.Total,
                    job.Rate,
                    job.Ramp,
                    job.MilesToIssue,
                    job.MilesToReverse,
                    job.NeedsApproval,
                },
            },
            cancellationToken
        );
        context.Jobs.Add(job);
        await context.SaveChangesAsync(cancellationToken);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (
            var command = new NpgsqlCommand(ItemsSql, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = job.Id, NpgsqlDbType = NpgsqlDbType.Uuid },
                    Column.Of(items, item => item.Subject, NpgsqlDbType.Text),
                    Column.Of(items, item => item.OrderId, NpgsqlDbType.Text),
                    Column.Of(items, item => item.Cause, NpgsqlDbType.Uuid),
                    Column.Of(items, item => item.Miles, NpgsqlDbType.Integer),
                },
            }
        )
            await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return job;
    }

    Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction> BeginAsync(CancellationToken cancellationToken) =>
        context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);

    /// <summary>The same request at the same time waits here until the first has made the job.</summary>
    async Task<Job?> ExistingAsync(Job job, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({job.Id.ToString()}, 0))",
            cancellationToken
        );
        return await FindSameAsync(job.Id, job.Kind, job.Reason, cancellationToken);
    }

    Task<Job?> LockedAsync(Guid id, CancellationToken cancellationToken) =>
        context.Jobs.FromSql($"SELECT * FROM job WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);

    static string NoSuchJob(Guid id) => $"There is no job {id}";
}

/// <summary>What a new job is to work on.</summary>
/// <param name="Subject">As <see cref="JobItem.Subject"/>.</param>
/// <param name="OrderId">Items of one order are worked on one after the other.</param>
/// <param name="Miles">As <see cref="JobItem.Miles"/>.</param>
/// <param name="Cause">As <see cref="JobItem.Cause"/>.</param>
public sealed record JobSubject(string Subject, string? OrderId, int? Miles, Guid? Cause = null);

using System.Data;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Jobs;

/// <summary>What somebody has done, or may have, without a second person.</summary>
public sealed class LoneAct
{
    /// <summary>Follows from what was asked for: the same again is the same act.</summary>
    public Guid Id { get; set; }
    public string Name { get; set; } = "";

    /// <summary>As <see cref="Someone.Identity"/>.</summary>
    public string Identity { get; set; } = "";
    public DateTimeOffset At { get; set; }
    public int Things { get; set; }

    /// <summary>At most this many were moved.</summary>
    public long Miles { get; set; }
}

/// <summary>
/// Counts what people do alone, so that many small acts need the second person whom a large one needs. Counted before it is done, whatever
/// becomes of it.
/// </summary>
public sealed class LoneActs(LoyaltyDbContext context, ApprovalLimits limits)
{
    /// <summary>One at a time, over all processes: two at once would each see only what was done before both.</summary>
    const long Turnstile = 0x4C6F79616C74794C;

    /// <summary>Nothing is counted.</summary>
    /// <returns>Why a second person would have to say yes; null when nobody would.</returns>
    public async Task<string?> ObjectionAsync(Someone person, Weight asked, CancellationToken cancellationToken) =>
        limits == ApprovalLimits.Off ? null : limits.Objection(asked, await LatelyAsync(person, cancellationToken));

    /// <summary>Counts the act unless it needs a second person; in the context's transaction when there is one.</summary>
    /// <param name="id">Has to follow from everything that is asked for: what has been counted under it is not counted again.</param>
    /// <returns>Null when it may be done; otherwise why a second person has to say yes.</returns>
    public async Task<string?> CountAsync(Guid id, Someone person, Weight asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(asked);
        if (limits == ApprovalLimits.Off)
            return null;
        await using var transaction = context.Database.CurrentTransaction is null
            ? await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
            : null;
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turnstile})", cancellationToken);
        if (await FindAsync(id, cancellationToken) is not null)
            return null;
        if (limits.Objection(asked, await LatelyAsync(person, cancellationToken)) is { } objection)
            return objection;
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO lone_act (id, name, identity, at, things, miles) VALUES (
                {id}, {person.Name}, {person.Identity}, clock_timestamp(), {asked.Things}, {asked.Miles})
            """,
            cancellationToken
        );
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <returns>Null when nothing has been counted under it.</returns>
    public Task<LoneAct?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        context.LoneActs.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    async Task<Weight> LatelyAsync(Someone person, CancellationToken cancellationToken)
    {
        var sum = await context
            .Database.SqlQuery<Sum>(
                $"""
                SELECT coalesce(sum(things), 0)::bigint AS "Things", coalesce(sum(miles), 0)::bigint AS "Miles" FROM lone_act
                WHERE at > clock_timestamp() - {limits.Period} AND (identity = {person.Identity} OR lower(name) = lower({person.Name}))
                """
            )
            .SingleAsync(cancellationToken);
        return new Weight(sum.Things, sum.Miles);
    }

    internal sealed record Sum
    {
        public long Things { get; init; }
        public long Miles { get; init; }
    }
}

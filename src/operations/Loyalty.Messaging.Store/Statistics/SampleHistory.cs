using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Statistics;

/// <summary>
/// The database's own counters every few seconds, for charts of a day. Nothing is counted for it: PostgreSQL knows how many rows it has
/// taken in, and deliveries pay nothing.
/// </summary>
public sealed class SampleHistory(LoyaltyDbContext context, TimeProvider time)
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(10);
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(24);

    /// <summary>Whoever has it takes the sample; the others of the site's instances do not wait.</summary>
    const long Turnstile = 0x4C6F7953616D706C;

    /// <summary>Takes a sample, unless another instance has just done so or is doing it.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (
            !(
                await context
                    .Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({Turnstile}) AS \"Value\"")
                    .ToListAsync(cancellationToken)
            )[0]
        )
            return;
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO ops_sample (at, orders, refunds, deliveries, sent, waiting)
            SELECT {now}, sum(n_tup_ins) FILTER (WHERE relname = 'issuance'), sum(n_tup_ins) FILTER (WHERE relname = 'reversal'),
                coalesce(sum(n_tup_ins) FILTER (WHERE relname LIKE 'journal\_%'), 0),
                sum(n_tup_del) FILTER (WHERE relname = 'outbox'), greatest(max(n_live_tup) FILTER (WHERE relname = 'outbox'), 0)
            FROM pg_stat_user_tables WHERE schemaname = current_schema()
            HAVING NOT EXISTS (SELECT FROM ops_sample WHERE at > {now - (Interval * 0.8)})
            """,
            cancellationToken
        );
        await context.Database.ExecuteSqlAsync($"DELETE FROM ops_sample WHERE at < {now - Kept}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The oldest first.</summary>
    public Task<List<Sample>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        context
            .Database.SqlQuery<Sample>(
                $"""
                SELECT at AS "At", orders AS "Orders", refunds AS "Refunds", deliveries AS "Deliveries", sent AS "Sent",
                    waiting AS "Waiting" FROM ops_sample WHERE at >= {since} ORDER BY at
                """
            )
            .ToListAsync(cancellationToken);
}

/// <summary>Counters at an instant; all but the last only grow, until the database's statistics are reset.</summary>
public sealed record Sample(DateTimeOffset At, long Orders, long Refunds, long Deliveries, long Sent, long Waiting);

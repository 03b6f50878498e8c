using Loyalty.Messaging.Store.Paging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>What the sagas will come back to on their own.</summary>
public sealed class TimerQueries(LoyaltyDbContext context)
{
    const string Sql = """
        (SELECT correlation_id AS "Id", 'issue' AS "Kind", order_id AS "OrderId", NULL::text AS "RefundId", current_state AS "State",
            timer_due_at AS "DueAt", tries AS "Tries", reason AS "Reason"
            FROM issuance WHERE timer_due_at IS NOT NULL AND (timer_due_at, correlation_id) > (@due, @id) ORDER BY "DueAt", "Id"
                LIMIT @limit)
        UNION ALL
        (SELECT correlation_id, 'reverse', order_id, refund_id, current_state, timer_due_at, tries, reason
            FROM reversal WHERE timer_due_at IS NOT NULL AND (timer_due_at, correlation_id) > (@due, @id)
                ORDER BY timer_due_at, correlation_id LIMIT @limit)
        ORDER BY "DueAt", "Id" LIMIT @limit
        """;

    /// <summary>The next to fire first.</summary>
    /// <param name="after">Where the page before ended; null for the first.</param>
    public async Task<TimerList> ListAsync(PageCursor? after, int limit, CancellationToken cancellationToken)
    {
        limit = Math.Clamp(limit, 1, OrderFilter.MaxLimit);
        var rows = await context
            .Database.SqlQueryRaw<TimerRow>(
                Sql,
                new NpgsqlParameter("due", (after?.At ?? DateTimeOffset.UnixEpoch).ToUniversalTime()),
                new NpgsqlParameter("id", after?.Id ?? Guid.Empty),
                new NpgsqlParameter("limit", limit + 1)
            )
            .ToListAsync(cancellationToken);
        var shown = rows.Take(limit).ToList();
        return new TimerList
        {
            Timers = shown,
            Next = rows.Count > limit ? new PageCursor(shown[^1].DueAt, shown[^1].Id).ToString() : null,
        };
    }
}

/// <summary>A page of timers.</summary>
public sealed record TimerList
{
    public required IReadOnlyList<TimerRow> Timers { get; init; }

    /// <summary>What to ask the next page with; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A timer of an order or a refund.</summary>
public sealed record TimerRow
{
    [System.Text.Json.Serialization.JsonIgnore]
    public Guid Id { get; init; }

    /// <summary><c>issue</c> or <c>reverse</c>.</summary>
    public required string Kind { get; init; }
    public required string OrderId { get; init; }
    public string? RefundId { get; init; }

    /// <summary>
    /// What happens follows from it: the next try of a call, the next check of what is pending, or a check whether the order has arrived.
    /// </summary>
    public required string State { get; init; }
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Durable tries so far.</summary>
    public required int Tries { get; init; }
    public string? Reason { get; init; }
}

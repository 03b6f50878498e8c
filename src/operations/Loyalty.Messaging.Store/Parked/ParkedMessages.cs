using System.Data;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.Store.Parked;

/// <summary>
/// What was committed and could not be brought to the broker in all its attempts. It is never thrown away; people let it be tried again.
/// </summary>
public sealed class ParkedMessages(LoyaltyDbContext context, AuditTrail audit)
{
    /// <summary>Of one release.</summary>
    public const int MostAtOnce = 1000;

    const string ListSql = """
        SELECT o.id AS "Id", o.message_id AS "MessageId", o.message_type AS "MessageType", o.destination AS "Destination",
            coalesce(i.order_id, r.order_id) AS "OrderId", r.refund_id AS "RefundId",
            o.created_at AS "CreatedAt", o.parked_at AS "ParkedAt", o.attempts AS "Attempts", o.last_fault AS "LastFault"
        FROM outbox o LEFT JOIN issuance i ON i.correlation_id = o.stream LEFT JOIN reversal r ON r.correlation_id = o.stream
        WHERE o.parked_at IS NOT NULL AND (o.parked_at, o.id) < (@since, @id) ORDER BY o.parked_at DESC, o.id DESC LIMIT @limit
        """;

    /// <summary>The latest first.</summary>
    /// <param name="after">Where the page before ended; null for the first.</param>
    public async Task<ParkedList> ListAsync(PageCursor? after, int limit, CancellationToken cancellationToken)
    {
        limit = Math.Clamp(limit, 1, OrderFilter.MaxLimit);
        var rows = await context
            .Database.SqlQueryRaw<ParkedMessage>(
                ListSql,
                new NpgsqlParameter("since", (after?.At ?? DateTimeOffset.MaxValue).ToUniversalTime()),
                new NpgsqlParameter("id", after?.Id ?? Guid.AllBitsSet),
                new NpgsqlParameter("limit", limit + 1)
            )
            .ToListAsync(cancellationToken);
        var shown = rows.Take(limit)
            .Select(row =>
                row with
                {
                    MessageType = StoredNames.TypeOf(row.MessageType),
                    Destination = StoredNames.DestinationOf(row.Destination),
                }
            )
            .ToList();
        return new ParkedList
        {
            Messages = shown,
            Next = rows.Count > limit ? new PageCursor(shown[^1].ParkedAt, shown[^1].Id).ToString() : null,
        };
    }

    /// <summary>The oldest of those that are parked, at most <see cref="MostAtOnce"/>.</summary>
    /// <param name="among">Only these; null: all.</param>
    public async Task<IReadOnlyList<Guid>> OldestAsync(IReadOnlyList<Guid>? among, CancellationToken cancellationToken) =>
        await context
            .Outbox.Where(row => row.ParkedAt != null && (among == null || among.Contains(row.Id)))
            .OrderBy(row => row.ParkedAt)
            .ThenBy(row => row.Id)
            .Take(MostAtOnce)
            .Select(row => row.Id)
            .ToListAsync(cancellationToken);

    /// <summary>
    /// They are due now, with all their attempts before them. What is no longer parked is passed by, so two people who ask for the same
    /// make one release.
    /// </summary>
    /// <param name="ids">Of rows of the outbox.</param>
    /// <param name="act">Becomes the record in the audit log of each order or refund, whose name and whose messages it is given.</param>
    /// <returns>How many were released.</returns>
    public async Task<int> ReleaseAsync(IReadOnlyList<Guid> ids, Func<string, object, AuditedAct> act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(act);
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        Guid[] asked = [.. ids];
        var released = await context
            .Database.SqlQuery<ReleasedRow>(
                $"""
                WITH released AS (
                    UPDATE outbox SET parked_at = NULL, due_at = now(), attempts = 0 WHERE id = ANY({asked}) AND parked_at IS NOT NULL
                        RETURNING message_id, stream)
                SELECT r.message_id AS "MessageId", coalesce('refund ' || v.refund_id, 'order ' || i.order_id) AS "Subject"
                FROM released r LEFT JOIN issuance i ON i.correlation_id = r.stream LEFT JOIN reversal v ON v.correlation_id = r.stream
                """
            )
            .ToListAsync(cancellationToken);
        foreach (var subject in released.GroupBy(row => row.Subject ?? "outbox"))
            await audit.AppendAsync(act(subject.Key, new { messages = subject.Select(row => row.MessageId) }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return released.Count;
    }

    sealed record ReleasedRow(Guid MessageId, string? Subject);
}

/// <summary>A page of parked messages.</summary>
public sealed record ParkedList
{
    public required IReadOnlyList<ParkedMessage> Messages { get; init; }

    /// <summary>What to ask the next page with; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A message that never reached the broker. Its body is not shown: it tells of an order that has a page.</summary>
public sealed record ParkedMessage
{
    /// <summary>Of its row; what a release names.</summary>
    public required Guid Id { get; init; }
    public required Guid MessageId { get; init; }

    /// <summary>Name of the record.</summary>
    public required string MessageType { get; init; }

    /// <summary>Name of the exchange or queue it is to go to.</summary>
    public required string Destination { get; init; }

    /// <summary>Absent when it is of no order: the answer to an inquiry, for example.</summary>
    public string? OrderId { get; init; }
    public string? RefundId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ParkedAt { get; init; }
    public required int Attempts { get; init; }

    /// <summary>What the last attempt came to.</summary>
    public string? LastFault { get; init; }
}

using System.Data;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Persistence.Queries;

/// <summary>The read side for ops. It tracks and changes nothing.</summary>
public sealed class OrderQueries(LoyaltyDbContext context, TimeProvider time)
{
    /// <returns>Null when neither the order nor a refund of it has ever come.</returns>
    public async Task<OrderView?> FindOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        // One snapshot: a state must not be shown beside a timeline that has not heard of it.
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var issuance = await context.Issuances.AsNoTracking().Where(row => row.OrderId == orderId)
            .Select(row => new
            {
                row.CorrelationId,
                row.CurrentState,
                row.Miles,
                row.ReversedMiles,
                row.ClientTransactionId,
                row.TransactionId,
                row.CollectorNumber,
                row.SponsorCode,
                row.Reason,
                row.ResponseCode,
                row.CompletedAt,
                row.UpdatedAt,
            })
            .SingleOrDefaultAsync(cancellationToken);
        var reversals = await context.Reversals.AsNoTracking().Where(row => row.OrderId == orderId)
            .OrderBy(row => row.RefundedAt).ThenBy(row => row.RefundId)
            .Select(row => new
            {
                row.CorrelationId,
                row.CollectorNumber,
                View = new ReversalView
                {
                    RefundId = row.RefundId,
                    State = row.CurrentState,
                    Miles = row.Miles,
                    ClientTransactionId = row.ClientTransactionId,
                    TransactionId = row.TransactionId,
                    Reason = row.Reason,
                    ResponseCode = row.ResponseCode,
                    RefundedAt = row.RefundedAt,
                    UpdatedAt = row.UpdatedAt,
                },
            })
            .ToListAsync(cancellationToken);
        var journal = await context.Journal.AsNoTracking().Where(entry => entry.OrderId == orderId).OrderBy(entry => entry.Sequence).ToListAsync(cancellationToken);
        if (issuance is null && reversals.Count == 0 && journal.Count == 0)
            return null;

        var refunds = reversals.ToDictionary(row => row.CorrelationId, row => row.View.RefundId);
        Guid[] streams = [.. refunds.Keys, .. issuance is null ? Array.Empty<Guid>() : [issuance.CorrelationId]];
        var outbox = await context.Outbox.AsNoTracking().Where(row => streams.Contains(row.Stream)).OrderBy(row => row.Sequence)
            .Select(row => new { row.Stream, row.MessageId, row.Destination, row.MessageType, row.CreatedAt, row.DueAt, row.Scheduled, row.Attempts, row.ParkedAt, row.LastFault })
            .ToListAsync(cancellationToken);
        var waiting = outbox.ConvertAll(row => new WaitingMessage(
            row.MessageId, refunds.GetValueOrDefault(row.Stream), row.Destination, row.MessageType, row.CreatedAt, row.DueAt, row.Scheduled, row.Attempts, row.ParkedAt, row.LastFault));
        return new OrderView
        {
            OrderId = orderId,
            State = issuance?.CurrentState ?? "AwaitingOrder",
            Miles = issuance?.Miles ?? 0,
            ReversedMiles = issuance?.ReversedMiles ?? 0,
            ClientTransactionId = issuance?.ClientTransactionId,
            TransactionId = issuance?.TransactionId,
            Collector = Masked(issuance?.CollectorNumber ?? reversals.Select(row => row.CollectorNumber).FirstOrDefault(number => number is not null)),
            SponsorCode = issuance?.SponsorCode,
            Reason = issuance?.Reason,
            ResponseCode = issuance?.ResponseCode,
            CompletedAt = issuance?.CompletedAt,
            UpdatedAt = issuance?.UpdatedAt,
            Reversals = reversals.ConvertAll(row => row.View),
            Timeline = Timeline.Of(journal, waiting),
        };
    }

    /// <summary>Counts by state and what waits in the outbox.</summary>
    public async Task<StatsView> StatsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var issuances = await context.Issuances.GroupBy(row => row.CurrentState)
            .Select(group => new { State = group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.State, row => row.Count, cancellationToken);
        var reversals = await context.Reversals.GroupBy(row => row.CurrentState)
            .Select(group => new { State = group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.State, row => row.Count, cancellationToken);
        var outbox = await context.Outbox.GroupBy(row => 1)
            .Select(group => new
            {
                Waiting = group.LongCount(row => row.ParkedAt == null && !row.Scheduled),
                Scheduled = group.LongCount(row => row.ParkedAt == null && row.Scheduled),
                Parked = group.LongCount(row => row.ParkedAt != null),
                Oldest = group.Where(row => row.ParkedAt == null && !row.Scheduled).Min(row => (DateTimeOffset?)row.CreatedAt),
            })
            .SingleOrDefaultAsync(cancellationToken);
        return new StatsView
        {
            At = now,
            Issuances = issuances,
            Reversals = reversals,
            Outbox = new OutboxStats
            {
                Waiting = outbox?.Waiting ?? 0,
                Scheduled = outbox?.Scheduled ?? 0,
                Parked = outbox?.Parked ?? 0,
                OldestAgeSeconds = outbox?.Oldest is { } oldest ? Math.Max(0, Math.Round((now - oldest).TotalSeconds, 1)) : null,
            },
        };
    }

    static string? Masked(string? collectorNumber) => collectorNumber is { Length: > 4 } ? $"*******{collectorNumber[^4..]}" : null;
}

using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>What is known of many orders and refunds at once: what a message about them would meet.</summary>
public sealed class SettledQueries(LoyaltyDbContext context)
{
    const int LookedThrough = 50;

    public Task<Dictionary<string, IssuanceState>> OrdersAsync(IReadOnlyCollection<string> orderIds, CancellationToken cancellationToken) =>
        context.Issuances.Where(row => orderIds.Contains(row.OrderId)).ToDictionaryAsync(row => row.OrderId, cancellationToken);

    public Task<Dictionary<string, ReversalState>> RefundsAsync(
        IReadOnlyCollection<string> refundIds,
        CancellationToken cancellationToken
    ) => context.Reversals.Where(row => refundIds.Contains(row.RefundId)).ToDictionaryAsync(row => row.RefundId, cancellationToken);

    /// <summary>Of each order the time at which its first open dead letter came.</summary>
    public async Task<Dictionary<string, DateTimeOffset>> OldestOpenAsync(
        IReadOnlyCollection<string> orderIds,
        CancellationToken cancellationToken
    ) =>
        await context
            .DeadLetters.Where(row => row.State == DeadLetterStates.Open && row.OrderId != null && orderIds.Contains(row.OrderId))
            .GroupBy(row => row.OrderId!)
            .Select(group => new { OrderId = group.Key, First = group.Min(row => row.FirstFailedAt) })
            .ToDictionaryAsync(row => row.OrderId, row => row.First, cancellationToken);

    /// <summary>The rules by which the workers measured the newest order that they measured themselves; null when there is none.</summary>
    public async Task<EarnRules?> NewestRulesAsync(CancellationToken cancellationToken)
    {
        var newest = await context
            .Issuances.Where(row => row.CurrentState == nameof(IssuanceStateMachine.Issued))
            .OrderByDescending(row => row.StateSince)
            .Take(LookedThrough)
            .Select(row => row.Order)
            .ToListAsync(cancellationToken);
        return newest.Find(order => order?.Issued.Rules is not null)?.Issued.Rules;
    }
}

using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Issuance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>
/// Asked seldom, on a connection that is not one of the deliveries': they may hold all of theirs while they wait for this.
/// </summary>
internal sealed class CollectorMiles(IServiceScopeFactory scopes) : ICollectorMiles
{
    /// <summary>Their miles are on the account, or may be.</summary>
    static readonly string[] MayCount =
    [
        .. IssuanceStates
            .All.Where(state => state.Effect is CallEffect.Confirmed or CallEffect.Pending or CallEffect.Unknown)
            .Select(state => state.Name),
    ];

    public async Task<long> OfDayAsync(byte[] collectorHash, DateOnly day, Guid except, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<LoyaltyDbContext>()
            .Issuances.Where(order =>
                order.CollectorHash == collectorHash
                && order.TransactionDay == day
                && order.CorrelationId != except
                && MayCount.Contains(order.CurrentState)
            )
            .SumAsync(order => (long)order.Miles, cancellationToken);
    }
}

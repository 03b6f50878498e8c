using Loyalty.Messaging.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>
/// Asked seldom, on a connection that is not one of the deliveries': they may hold all of theirs while they wait for this.
/// </summary>
internal sealed class CollectorMiles(IServiceScopeFactory scopes) : ICollectorMiles
{
    public async Task<long> OfDayAsync(byte[] collectorHash, DateOnly day, Guid except, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<LoyaltyDbContext>()
            .Issuances.Where(order =>
                order.CollectorHash == collectorHash
                && order.TransactionDay == day
                && order.CorrelationId != except
                && (
                    order.CurrentState == "Issuing"
                    || order.CurrentState == "Issued"
                    || order.CurrentState == "Pending"
                    || order.CurrentState == "Suspended"
                )
            )
            .SumAsync(order => (long)order.Miles, cancellationToken);
    }
}

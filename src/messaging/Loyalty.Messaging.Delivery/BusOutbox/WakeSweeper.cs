using Loyalty.Messaging.Delivery.Sending;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Delivery.BusOutbox;

/// <summary>
/// Tells the sweeper that rows have been saved. One that was saved within a larger transaction is found when that commits, within the query
/// delay.
/// </summary>
internal sealed class WakeSweeper(IServiceProvider services) : SaveChangesInterceptor
{
    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        services.GetRequiredService<OutboxSweeper>().Wake();
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        services.GetRequiredService<OutboxSweeper>().Wake();
        return ValueTask.FromResult(result);
    }
}

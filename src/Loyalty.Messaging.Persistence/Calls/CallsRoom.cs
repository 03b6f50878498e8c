using Loyalty.Messaging.Persistence.Transactions;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Persistence.Calls;

/// <summary>The sagas' calls to the issuer, seen from their committed rows.</summary>
public static class CallsRoom
{
    public static void AddCalls(this IServiceCollection services)
    {
        services.AddSingleton<ICollectorMiles, Queries.CollectorMiles>();
        services.AddSingleton<ICurrentCalls>(provider => new CurrentCalls(provider.GetRequiredService<DeliveryDatabase<LoyaltyDbContext>>()));
        services.AddHostedService<LostCalls>();
    }
}

using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.Orders;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Calls;

/// <summary>The sagas' calls to the issuer, seen from their committed rows.</summary>
public static class CallsRegistration
{
    public static void AddCalls(this IServiceCollection services)
    {
        services.AddSingleton<ICollectorMiles, CollectorMiles>();
        services.AddSingleton<ICurrentCalls>(provider => new CurrentCalls(
            provider.GetRequiredService<DeliveryDatabase<LoyaltyDbContext>>()
        ));
        services.AddHostedService<LostCalls>();
    }
}

using Loyalty.Messaging.Delivery.Database;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Interrupted;

/// <summary>Deliveries that their processes have not survived.</summary>
public static class InterruptedRegistration
{
    public static void AddInterruptedDeliveries(this IServiceCollection services) =>
        services.AddSingleton(provider => new InterruptedDeliveries(provider.GetRequiredService<DeliveryDatabase<LoyaltyDbContext>>()));
}

using Loyalty.Messaging.Persistence.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Persistence.Interrupted;

/// <summary>Deliveries that their processes have not survived.</summary>
public static class InterruptedRoom
{
    public static void AddInterruptedDeliveries(this IServiceCollection services) =>
        services.AddSingleton(provider => new InterruptedDeliveries(provider.GetRequiredService<DeliveryDatabase<LoyaltyDbContext>>()));
}

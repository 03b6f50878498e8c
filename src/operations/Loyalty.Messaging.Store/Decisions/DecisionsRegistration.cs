using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas.Decisions;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Decisions;

/// <summary>People's decisions, seen by those who carry them out.</summary>
public static class DecisionsRegistration
{
    public static void AddRecordedDecisions(this IServiceCollection services) =>
        services.AddSingleton<IRecordedDecisions>(provider => new RecordedDecisions(
            provider.GetRequiredService<DeliveryDatabase<LoyaltyDbContext>>()
        ));
}

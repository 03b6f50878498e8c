using Loyalty.Messaging.Ops.AmCash;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.RabbitMq;

namespace Loyalty.Messaging.Ops;

/// <summary>What this host asks of the workers, feature by feature: it changes nothing itself.</summary>
internal static class WayToWorkers
{
    public static void AddWayToWorkers(this WebApplicationBuilder builder) =>
        builder.AddLoyaltyBus(bus =>
        {
            bus.AddAmCash();
            bus.AddDecisions();
        });
}

using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Ops.Outbox;
using Loyalty.Messaging.Ops.Reconciliation;
using Loyalty.Messaging.Ops.Stats;

namespace Loyalty.Messaging.Ops;

/// <summary>What the features need, each for itself.</summary>
internal static class Features
{
    public static void AddFeatures(this WebApplicationBuilder builder)
    {
        builder.AddWayToWorkers();
        builder.AddOrders();
        builder.AddStats();
        builder.AddReconciliation();
        builder.AddDeadLetterDesk();
        builder.Services.AddParked();
    }
}

using Loyalty.Messaging.Ops.AmCash;
using Loyalty.Messaging.Ops.Audit;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Ops.Jobs;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Ops.Outbox;
using Loyalty.Messaging.Ops.Reconciliation;
using Loyalty.Messaging.Ops.Stats;

namespace Loyalty.Messaging.Ops;

/// <summary>The routes of the API, feature by feature.</summary>
internal static class Routes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapOrders();
        api.MapStats();
        api.MapParked();
        api.MapEcho();
        api.MapInquiry();
        api.MapDecisions();
        api.MapReconciliation();
        api.MapDeadLetters();
        api.MapJobs();
        api.MapAudit();
    }
}

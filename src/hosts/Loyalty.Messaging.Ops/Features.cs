using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.AmCash;
using Loyalty.Messaging.Ops.Audit;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Jobs;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Ops.Outbox;
using Loyalty.Messaging.Ops.Overview;
using Loyalty.Messaging.Ops.Reconciliation;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Ops.Stats;
using Loyalty.Messaging.RabbitMq;

namespace Loyalty.Messaging.Ops;

/// <summary>What the site consists of. A new feature is a line here.</summary>
internal static class Features
{
    /// <summary>In the order of the navigation.</summary>
    static readonly Feature[] All =
    [
        OverviewFeature.Feature,
        StatsFeature.Feature,
        OrdersFeature.Feature,
        ActsFeature.Feature,
        DeadLettersFeature.Feature,
        JobsFeature.Feature,
        OutboxFeature.Feature,
        ReconciliationFeature.Feature,
        AmCashFeature.Feature,
        AuditFeature.Feature,
    ];

    public static IReadOnlyList<NavigationEntry> Navigation { get; } = [.. All.SelectMany(feature => feature.Navigation)];

    public static void AddFeatures(this WebApplicationBuilder builder)
    {
        builder.AddLoyaltyBus(bus => Array.ForEach(All, feature => feature.Bus(bus)));
        Array.ForEach(All, feature => feature.Needs(builder));
        builder.Services.AddSingleton(new ApiExamples(All));
    }

    /// <param name="api">The group of every route of the API.</param>
    /// <param name="forms">The group of every route that a form is posted to.</param>
    public static void MapFeatures(this WebApplication app, RouteGroupBuilder api, RouteGroupBuilder forms)
    {
        foreach (var feature in All)
        {
            feature.Api(api);
            feature.Forms(forms);
            feature.Routes(app);
        }
    }
}

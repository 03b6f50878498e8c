using Loyalty.Messaging.Store.Statistics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary><c>/api/v1/stats</c>.</summary>
internal static class StatsEndpoints
{
    public static void MapStats(this RouteGroupBuilder api) =>
        api.MapGet("/stats", ShowAsync)
            .WithName("ShowStats")
            .WithTags("Stats")
            .WithSummary("Counts by state and age, what waits in the outbox, today's miles");

    static async Task<Ok<StatsView>> ShowAsync(RecentStats stats, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stats.ReadAsync(cancellationToken));
}

using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>What there is of everything, now and in the last hour.</summary>
internal static class StatsFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Needs = Add,
            Api = StatsEndpoints.MapStats,
            Tags = new Dictionary<string, string> { ["Stats"] = "The whole at a glance" },
        };

    static void Add(WebApplicationBuilder builder)
    {
        var zone = TransactionDays.ZoneOf(builder.Configuration);
        builder.Services.AddSingleton(services => new TransactionDays(zone, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<RecentStats>().AddHostedService<SampleTaker>().AddHostedService<FigureGauges>();
    }
}

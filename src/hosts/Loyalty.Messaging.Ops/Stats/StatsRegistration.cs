namespace Loyalty.Messaging.Ops.Stats;

/// <summary>What the overview needs.</summary>
internal static class StatsRegistration
{
    public static void AddStats(this WebApplicationBuilder builder)
    {
        var zone = TransactionDays.ZoneOf(builder.Configuration);
        builder.Services.AddSingleton(services => new TransactionDays(zone, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<RecentStats>().AddHostedService<SampleTaker>().AddHostedService<FigureGauges>();
    }
}

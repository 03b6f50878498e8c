using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Store.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Store;

/// <summary>What every program that reads or writes the database needs of it.</summary>
public static class StoreRegistration
{
    /// <summary>The context of everything we keep, and the check that the schema is what this version needs.</summary>
    public static void AddLoyaltyStore(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services
            .AddOptions<LoyaltyDatabaseOptions>()
            .Configure<IConfiguration>((options, configuration) => options.ConnectionString = configuration.GetConnectionString("Loyalty"))
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<LoyaltyDatabaseOptions>, LoyaltyDatabaseOptions.Validation>()
        );
        services.AddDbContext<LoyaltyDbContext>(
            (provider, options) =>
                options.UseLoyaltyDatabase(provider.GetRequiredService<IOptions<LoyaltyDatabaseOptions>>().Value.ConnectionString!)
        );
        services.TryAddScoped<Orders.OrderQueries>();
        services.TryAddSingleton(Orders.StuckLimits.Default);
        services.TryAddScoped<Orders.OrderListQueries>();
        services.TryAddScoped<Orders.TimerQueries>();
        services.TryAddScoped<Parked.ParkedMessages>();
        services.TryAddScoped<Statistics.StatsQueries>();
        services.TryAddScoped<Statistics.SampleHistory>();
        services.TryAddScoped<Days.DayQueries>();
        services.TryAddScoped<Echoes.EchoQueries>();
        services.TryAddScoped<Echoes.EchoHistory>();
        services.TryAddScoped<Keys.DataProtectionKeys>();
        services.TryAddScoped<Audit.AuditTrail>();
        services.TryAddScoped<Decisions.DecisionRecord>();
        services.TryAddScoped<DeadLetters.DeadLetterQueries>();
        services.TryAddScoped<Orders.SettledQueries>();
        services.TryAddScoped<Jobs.JobQueries>();
        services.TryAddScoped<Workers.WorkerHeartbeats>();
        services.TryAddScoped<Lanes.LaneTable>();
        services.TryAddSingleton<Lanes.DeliveryHold>();
        services.TryAddScoped<Days.ReconciliationQueries>();
        services.TryAddScoped<Days.ReconciliationStore>();
        services.TryAddScoped<DeadLetters.DeadLetterStore>();
        services.TryAddSingleton(Jobs.ApprovalLimits.Default);
        services.TryAddScoped<Jobs.LoneActs>();
        services.TryAddScoped<Jobs.JobStore>();
        services.TryAddScoped<Jobs.JobWork>();
        services.TryAddSingleton<DatabaseContact>();
        services.TryAddSingleton<SchemaGuard>();
        services.AddHostedService(provider => provider.GetRequiredService<SchemaGuard>());
        services.AddHealthChecks().AddCheck<SchemaGuard>("database", tags: ["ready"]);
    }

    /// <summary>The context's options for this database.</summary>
    public static DbContextOptionsBuilder UseLoyaltyDatabase(this DbContextOptionsBuilder options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options
            .UseNpgsql(connectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            // Migrations are written by hand, without the tool's snapshot; a test compares model and migrated schema instead.
            .ConfigureWarnings(warnings =>
                warnings
                    .Ignore(RelationalEventId.PendingModelChangesWarning)
                    // Each of these is thrown as well, to somebody who says it once and not with every question.
                    .Log(
                        (RelationalEventId.ConnectionError, LogLevel.Debug),
                        (RelationalEventId.CommandError, LogLevel.Debug),
                        (CoreEventId.QueryIterationFailed, LogLevel.Debug),
                        (CoreEventId.SaveChangesFailed, LogLevel.Debug)
                    )
            );
    }
}

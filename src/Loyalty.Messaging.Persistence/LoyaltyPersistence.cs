using Loyalty.Messaging.Persistence.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Loyalty.Messaging.Persistence;

/// <summary>The database behind <c>ConnectionStrings__Loyalty</c>.</summary>
public sealed class LoyaltyDatabaseOptions
{
    public string? ConnectionString { get; set; }

    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return "ConnectionStrings__Loyalty (or ConnectionStrings__Loyalty__File) is required: an Npgsql connection string";
            yield break;
        }
        string? mistake = null;
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(ConnectionString).Host))
                mistake = "ConnectionStrings__Loyalty names no Host";
        }
        catch (ArgumentException)
        {
            // Npgsql's message may quote the string, password and all.
            mistake = "ConnectionStrings__Loyalty is not an Npgsql connection string (Host=…;Username=…;Password=…;Database=…)";
        }
        if (mistake is not null)
            yield return mistake;
    }

    internal sealed class Validation : IValidateOptions<LoyaltyDatabaseOptions>
    {
        public ValidateOptionsResult Validate(string? name, LoyaltyDatabaseOptions options) =>
            options.Validate().ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }
}

public static class LoyaltyPersistence
{
    /// <summary>The context of everything we keep, and the check that the schema is what this version needs.</summary>
    public static void AddLoyaltyPersistence(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<LoyaltyDatabaseOptions>()
            .Configure<IConfiguration>((options, configuration) => options.ConnectionString = configuration.GetConnectionString("Loyalty"))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoyaltyDatabaseOptions>, LoyaltyDatabaseOptions.Validation>());
        services.AddDbContext<LoyaltyDbContext>((provider, options) =>
            options.UseLoyaltyDatabase(provider.GetRequiredService<IOptions<LoyaltyDatabaseOptions>>().Value.ConnectionString!));
        services.TryAddScoped<Queries.OrderQueries>();
        services.TryAddSingleton(Queries.StuckLimits.Default);
        services.TryAddScoped<Queries.OrderListQueries>();
        services.TryAddScoped<Queries.TimerQueries>();
        services.TryAddScoped<Outbox.ParkedMessages>();
        services.TryAddScoped<Queries.StatsQueries>();
        services.TryAddScoped<Samples.SampleHistory>();
        services.TryAddScoped<Queries.DayQueries>();
        services.TryAddScoped<Queries.EchoQueries>();
        services.TryAddScoped<Echoes.EchoHistory>();
        services.TryAddScoped<Keys.DataProtectionKeys>();
        services.TryAddScoped<Audit.AuditTrail>();
        services.TryAddScoped<Decisions.DecisionRecord>();
        services.TryAddScoped<Queries.DeadLetterQueries>();
        services.TryAddScoped<Queries.SettledQueries>();
        services.TryAddScoped<Queries.JobQueries>();
        services.TryAddScoped<Workers.WorkerPulses>();
        services.TryAddScoped<Lanes.LaneTable>();
        services.TryAddSingleton<Lanes.DeliveryHold>();
        services.TryAddScoped<Queries.ReconciliationQueries>();
        services.TryAddScoped<Reconciliation.ReconciliationStore>();
        services.TryAddScoped<DeadLetters.DeadLetterStore>();
        services.TryAddSingleton(Jobs.ApprovalLimits.Default);
        services.TryAddScoped<Jobs.LoneActs>();
        services.TryAddScoped<Jobs.JobStore>();
        services.TryAddScoped<Jobs.JobWork>();
        services.TryAddSingleton<Transactions.DatabaseContact>();
        services.TryAddSingleton<SchemaGuard>();
        services.AddHostedService(provider => provider.GetRequiredService<SchemaGuard>());
        services.AddHealthChecks().AddCheck<SchemaGuard>("database", tags: ["ready"]);
    }

    /// <summary>The context's options for this database.</summary>
    public static DbContextOptionsBuilder UseLoyaltyDatabase(this DbContextOptionsBuilder options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.UseNpgsql(connectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            // Migrations are written by hand, without the tool's snapshot; a test compares model and migrated schema instead.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)
                // Each of these is thrown as well, to somebody who says it once and not with every question.
                .Log(
                    (RelationalEventId.ConnectionError, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug),
                    (CoreEventId.QueryIterationFailed, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug)));
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>What every host has in common: secrets from files, logs, telemetry, health, a clock.</summary>
public static class ServiceDefaultsExtensions
{
    /// <param name="serviceName">As telemetry shows it, for example <c>loyalty-worker</c>.</param>
    public static void AddServiceDefaults(this IHostApplicationBuilder builder, string serviceName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.AddSecretFiles();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddPlainLogs();
        builder.AddTelemetry(serviceName);
        builder.Services.AddHealthChecks();
        // Drain what is in flight, and be gone before an orchestrator loses its patience at 30 seconds.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(25));
    }

    /// <summary>Runs the host to its end.</summary>
    /// <returns>0 when it was told to stop; another code when something of it broke: a supervisor that starts again only what has failed
    /// must see that.</returns>
    public static async Task<int> RunToEndAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Before it runs: afterwards there are no services any more to be asked for.
        var works = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await app.RunAsync();
        return Environment.ExitCode != 0 ? Environment.ExitCode
            : works.Exists(work => work.ExecuteTask is { IsFaulted: true }) ? Entry.Broken
            : 0;
    }

    /// <summary><c>/metrics</c>, where <c>Metrics__Url</c> says; before anything else that answers.</summary>
    public static void UseMetrics(this WebApplication app) => MetricsAddress.Use(app);

    /// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
    public static void MapHealth(this WebApplication app) => Health.Map(app);
}

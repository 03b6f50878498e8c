using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP, configured by the standard OTEL_* names wherever a setting may stand: environment, appsettings.json, <c>__File</c>.
/// A signal without an endpoint is not collected.
/// </summary>
internal static class Telemetry
{
    /// <summary>Our own source and meter.</summary>
    public const string Name = "Loyalty.Messaging";

    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before our own name.
        telemetry.ConfigureResource(resource => resource.AddService(serviceName).AddEnvironmentVariableDetector());
        if (IsWanted(builder.Configuration, "TRACES"))
            telemetry.WithTracing(traces => traces
                .AddSource(Name, "MassTransit", "Npgsql").AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter());
        if (IsWanted(builder.Configuration, "METRICS"))
            telemetry.WithMetrics(metrics => metrics
                .AddMeter(Name, "MassTransit", "Npgsql", "Polly")
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddOtlpExporter());
        if (IsWanted(builder.Configuration, "LOGS"))
            telemetry.WithLogging(logs => logs.AddOtlpExporter());
    }

    static bool IsWanted(IConfiguration configuration, string signal) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };
}

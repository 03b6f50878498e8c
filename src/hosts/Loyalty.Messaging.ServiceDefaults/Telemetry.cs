using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP, configured by the standard OTEL_* names wherever a setting may stand: environment, appsettings.json,
/// <c>__File</c>. A signal without an endpoint is not collected; metrics are when Prometheus may fetch them as well.
/// </summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before our own name.
        telemetry.ConfigureResource(resource => resource.AddService(serviceName).AddEnvironmentVariableDetector());
        if (IsWanted(builder.Configuration, "TRACES"))
            telemetry.WithTracing(traces =>
                traces
                    .AddSource(LoyaltyTelemetry.Name, "MassTransit", "Npgsql")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddOtlpExporter(To(builder.Configuration, "TRACES"))
            );
        var (pushed, fetched) = (IsWanted(builder.Configuration, "METRICS"), MetricsAddress.Of(builder.Configuration) is not null);
        if (pushed || fetched)
            telemetry.WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(LoyaltyTelemetry.Name, "MassTransit", "Npgsql", "Polly")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation();
                if (pushed)
                    metrics.AddOtlpExporter(To(builder.Configuration, "METRICS"));
                if (fetched)
                    metrics.AddPrometheusExporter();
            });
        if (IsWanted(builder.Configuration, "LOGS"))
            telemetry.WithLogging(logs => logs.AddOtlpExporter(To(builder.Configuration, "LOGS")));
    }

    /// <summary>
    /// What is said for one signal goes before what is said for all; the exporter itself reads only the latter when signals are added one
    /// by one.
    /// </summary>
    static Action<OtlpExporterOptions> To(IConfiguration configuration, string signal) =>
        exporter =>
        {
            if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 } endpoint)
                exporter.Endpoint = new Uri(endpoint);
            if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_HEADERS"] is { Length: > 0 } headers)
                exporter.Headers = headers;
            if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"] is { Length: > 0 } protocol)
                exporter.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        };

    static bool IsWanted(IConfiguration configuration, string signal) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }
        || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };
}

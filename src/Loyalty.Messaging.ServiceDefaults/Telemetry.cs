using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// Traces and metrics over OTLP, configured by the standard OTEL_* variables; nothing is collected when no endpoint is set.
/// ASP.NET Core, HttpClient, Npgsql, MassTransit and the runtime emit their own activities and meters: they are only named here.
/// </summary>
internal static class Telemetry
{
    /// <summary>Our own source and meter.</summary>
    public const string Name = "Loyalty.Messaging";

    static readonly string[] Sources = [Name, "MassTransit", "Npgsql", "System.Net.Http", "Microsoft.AspNetCore"];
    static readonly string[] Meters = [Name, "MassTransit", "Npgsql", "System.Net.Http", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    public static bool IsConfigured(IConfiguration configuration) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }
        || configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] is { Length: > 0 }
        || configuration["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] is { Length: > 0 };

    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        if (IsConfigured(builder.Configuration))
            builder.Services.AddHostedService(_ => new Export(serviceName));
    }

    sealed class Export(string serviceName) : IHostedService, IDisposable
    {
        TracerProvider? _traces;
        MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService(serviceName).AddEnvironmentVariableDetector();
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter().Build();
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter().Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _traces?.ForceFlush(2000);
            _metrics?.ForceFlush(2000);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _traces?.Dispose();
            _metrics?.Dispose();
        }
    }
}

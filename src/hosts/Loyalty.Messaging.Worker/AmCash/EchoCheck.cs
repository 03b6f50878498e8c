using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>The issuer being away degrades a worker and never makes it unready: nothing is lost meanwhile.</summary>
internal sealed class EchoCheck(EchoRunner echo, IOptions<AirMilesOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    HealthCheckResult Check()
    {
        if (EchoTimer.WhyOff(options.Value) is { } reason)
            return HealthCheckResult.Healthy($"The periodic ECHO is off ({reason})");
        if (echo.Last is not { } last)
            return HealthCheckResult.Healthy("ECHO has not been answered yet");
        return last.Outcome == AmCashWords.Answered
            ? HealthCheckResult.Healthy($"ECHO approved at {last.At:u}, trace {last.TraceId}")
            : HealthCheckResult.Degraded(
                $"ECHO at {last.At:u}, trace {last.TraceId}: {last.ResponseCode} {last.Meaning} ({last.Details}); to act: {last.Actor}"
            );
    }
}

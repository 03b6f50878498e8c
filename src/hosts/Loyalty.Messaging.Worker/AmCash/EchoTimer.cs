using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>
/// Runs ECHO when the worker starts and every AirMiles__EchoInterval; never when that is zero or the issuer's fields for it are not
/// configured.
/// </summary>
internal sealed partial class EchoTimer(EchoRunner echo, IOptions<AirMilesOptions> options, TimeProvider time, ILogger<EchoTimer> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (WhyOff(options.Value) is { } reason)
        {
            IsOff(logger, reason);
            return;
        }
        using var timer = new PeriodicTimer(options.Value.EchoInterval, time);
        do
        {
            await echo.RunAsync(null, stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>Null when it is on.</returns>
    internal static string? WhyOff(AirMilesOptions options) =>
        options.EchoInterval == TimeSpan.Zero ? "AirMiles__EchoInterval is 00:00:00"
        : options.MissingForEcho is { Count: > 0 } missing ? $"not configured: {string.Join(", ", missing)}"
        : null;

    [LoggerMessage(2200, LogLevel.Information, "The periodic ECHO to AIR MILES is off ({Reason})")]
    static partial void IsOff(ILogger logger, string reason);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>One line per entry on standard output, in UTC.</summary>
internal static class PlainLogs
{
    public static void AddPlainLogs(this IHostApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // The gate says once that the database is away; the driver would say it for every try.
        builder.Logging.AddFilter("Npgsql", LogLevel.Critical);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        builder.Logging.AddFilter("MassTransit.ReceiveTransport", LogLevel.Warning);
    }
}

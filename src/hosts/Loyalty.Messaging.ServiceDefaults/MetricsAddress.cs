using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// <c>GET /metrics</c> for Prometheus, on an address of its own: nobody is asked for a key there, and nothing else is to be had there.
/// </summary>
internal static class MetricsAddress
{
    const string Key = "Metrics:Url";
    const string Path = "/metrics";

    /// <returns>Null when nobody is to fetch them.</returns>
    /// <exception cref="ConfigurationMistakeException">It is no address to listen on.</exception>
    public static BindingAddress? Of(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } configured)
            return null;
        try
        {
            var address = BindingAddress.Parse(configured);
            if (address is { Scheme: "http", IsUnixPipe: false, IsNamedPipe: false, Port: > 0, PathBase: "" })
                return address;
        }
        catch (FormatException) { }
        throw new ConfigurationMistakeException("Metrics__Url must be an http address to listen on, for example http://127.0.0.1:9464");
    }

    /// <summary>First of all: what comes by this address goes no further.</summary>
    /// <exception cref="ConfigurationMistakeException">Something else of this process listens there.</exception>
    public static void Use(WebApplication app)
    {
        if (Of(app.Configuration) is not { } own)
            return;
        var others = (app.Configuration[WebHostDefaults.ServerUrlsKey] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToList();
        if (others.Exists(other => BindingAddress.Parse(other).Port == own.Port))
            throw new ConfigurationMistakeException("Metrics__Url must have a port that nothing else of this process listens on");
        foreach (var address in others.Append(own.ToString()))
            app.Urls.Add(address);
        app.MapWhen(
            context => context.Connection.LocalPort == own.Port,
            fetched =>
            {
                fetched.UseOpenTelemetryPrometheusScrapingEndpoint(Path);
                fetched.Run(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                });
            }
        );
    }
}

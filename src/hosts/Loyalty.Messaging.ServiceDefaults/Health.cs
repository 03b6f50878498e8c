using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// Live: this process moves. Ready: broker, database, topology and schema are there. The issuer being away is neither: work is kept,
/// nothing is lost.
/// </summary>
internal static class Health
{
    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/health/live", Of("live")).AllowAnonymous();
        app.MapHealthChecks("/health/ready", Of("ready")).AllowAnonymous();
    }

    static HealthCheckOptions Of(string tag) =>
        new()
        {
            Predicate = check => check.Tags.Contains(tag),
            ResponseWriter = WriteAsync,
            AllowCachingResponses = false,
        };

    static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.Body,
            new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { status = entry.Value.Status.ToString(), entry.Value.Description }
                ),
            },
            JsonSerializerOptions.Web
        );
    }
}

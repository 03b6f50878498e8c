using System.Text.Json.Serialization;
using Loyalty.Messaging.Ops.Access;

namespace Loyalty.Messaging.Ops.Site;

/// <summary>What all pages and answers have in common, the page at the root, and the API's description.</summary>
internal static class SiteRoom
{
    const string Page =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Loyalty.Messaging</title></head>
        <body>
        <h1>Loyalty.Messaging</h1>
        <ul>
        <li><a href="/openapi/v1.json">The API</a> (<code>Authorization: Bearer</code> and a key)</li>
        <li><a href="/health/ready">Is it ready?</a> <a href="/health/live">Does it live?</a></li>
        </ul>
        <p>On the command line: <code>loyalty orders show ORDER-ID</code></p>
        </body>
        </html>
        """;

    public static void AddSite(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
    }

    /// <summary>Set when the answer starts, so that the answer to a fault has them too.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    });

    public static void MapSite(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Content(Page, "text/html; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        var description = app.MapOpenApi();
        if (app.Environment.IsDevelopment())
            description.AllowAnonymous();
        else
            description.RequireAuthorization(Roles.Viewer);
        app.MapFallback("{*path}", () => TypedResults.StatusCode(StatusCodes.Status404NotFound)).RequireAuthorization(Roles.Viewer);
    }

    /// <summary>The group of every route of the API. Any key may read; a route that does more asks for more.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization(Roles.Viewer);
        api.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        return api;
    }
}

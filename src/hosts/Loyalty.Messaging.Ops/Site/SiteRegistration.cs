using System.Text.Json.Serialization;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Description;
using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Site;

/// <summary>What all pages and answers have in common, the pages, and the API's description.</summary>
internal static class SiteRegistration
{
    public static void AddSite(this WebApplicationBuilder builder)
    {
        builder.AddApiDescription();
        builder.Services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
        );
        builder.Services.AddRazorComponents();
        builder.Services.AddSingleton<FlashMessage>();
    }

    /// <summary>Set when the answer starts, so that the answer to a fault has them too.</summary>
    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    headers.XContentTypeOptions = "nosniff";
                    headers.XFrameOptions = "DENY";
                    // Other sites learn nothing; without any referrer a browser would send our own forms with "Origin: null".
                    headers["Referrer-Policy"] = "same-origin";
                    // No script and no style but the two files: a message body that is shown cannot run or dress up as anything.
                    headers.ContentSecurityPolicy =
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                        + "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
                    if (headers.CacheControl.Count == 0)
                        headers.CacheControl = "no-store";
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );

    public static void MapSite(this WebApplication app)
    {
        app.MapAssets();
        app.MapSignIn();
        app.MapRazorComponents<App>().RequireAuthorization(Roles.Viewer);
        var description = app.MapOpenApi();
        if (app.Environment.IsDevelopment())
            description.AllowAnonymous();
        else
            description.RequireAuthorization(Roles.Viewer);
    }

    /// <summary>The group of every route of the API. Any key may read; a route that does more asks for more.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization(Roles.Viewer);
        api.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        return api;
    }

    /// <summary>
    /// The group of every route that a form of a page posts to. An operator acts; a route that needs more asks for more. Tokens are checked
    /// before, by <c>RequestGuard</c>.
    /// </summary>
    public static RouteGroupBuilder MapForms(this WebApplication app) =>
        app.MapGroup("").RequireAuthorization(Roles.Operator).ExcludeFromDescription();
}

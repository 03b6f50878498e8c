using Microsoft.AspNetCore.Antiforgery;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>
/// Other sites' pages can make a browser send requests here, cookie and all. What changes something must therefore show that it comes from
/// a page of ours, whatever route it is for: a form by its token, a script by a header that no form can set.
/// </summary>
internal static class RequestGuard
{
    public const string Header = "X-Loyalty-Request";

    /// <summary>
    /// A script of ours asks, and nobody reads the answer as a page: it takes no message away and keeps no session alive.
    /// </summary>
    public static bool IsScript(HttpRequest request) => request.Headers.ContainsKey(Header);

    public static void UseRequestGuard(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use(
            async (context, next) =>
            {
                if (await RefusalAsync(context) is { } refusal)
                    await TypedResults.Problem(refusal.Sentence, statusCode: refusal.Status, title: "Refused").ExecuteAsync(context);
                else
                    await next(context);
            }
        );
    }

    static async Task<(int Status, string Sentence)?> RefusalAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return null;
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return (StatusCodes.Status403Forbidden, "The page of another site has sent this; nothing was done");
        if (!request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            return await IsOurFormAsync(context)
                ? null
                : (
                    StatusCodes.Status400BadRequest,
                    "This form was too old, or was not ours; nothing was done. Go back, reload the page and send it again"
                );
        if (context.User.Identity?.AuthenticationType != SiteCookie.SchemeName)
            return null;
        return request.Headers[Header] == "1" && IsOurs(request)
            ? null
            : (
                StatusCodes.Status403Forbidden,
                $"With the site's cookie this needs the header {Header}: 1 and an Origin or Sec-Fetch-Site of the site itself; "
                    + "programs send Authorization: Bearer KEY instead. Nothing was done"
            );
    }

    /// <summary>
    /// For a route that takes a form the framework has looked already, and lets nobody read a form that it has found wanting.
    /// </summary>
    static async Task<bool> IsOurFormAsync(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { } looked
            ? looked.IsValid
            : await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);

    /// <summary>By host and port: behind a proxy that ends TLS the schemes differ.</summary>
    static bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "same-origin"
        || (Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin) && IsSame(origin, request.Host));

    static bool IsSame(Uri origin, HostString host) =>
        string.Equals(origin.Host.Trim('[', ']'), host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && origin.Port == (host.Port ?? (origin.Scheme == "https" ? 443 : 80));
}

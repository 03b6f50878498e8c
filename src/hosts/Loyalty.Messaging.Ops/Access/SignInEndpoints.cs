using Loyalty.Messaging.Ops.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Coming in and going out; the page itself is <c>SignInPage</c>.</summary>
internal static partial class SignInEndpoints
{
    public static void MapSignIn(this WebApplication app)
    {
        app.MapPost("/sign-in", SignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/sign-in/provider", ProviderAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(Roles.Viewer).ExcludeFromDescription();
    }

    /// <summary>Somebody who is not known wants a page.</summary>
    public static Task AskAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Site"] == "cross-site")
            return LeadOnAsync(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = HttpMethods.IsGet(request.Method)
            ? SignInCodes.Address(null, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
            : SignInCodes.Address(SignInCodes.Ended);
        return Task.CompletedTask;
    }

    /// <summary>
    /// A link from a chat or a mail comes without the SameSite=Strict cookie; asked for once more from a page of our own, it comes with it.
    /// </summary>
    static Task LeadOnAsync(HttpContext context)
    {
        context.Response.Headers["Refresh"] = "0";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Opening…</title></head><body><p>"
                + "Opening… If nothing happens, reload this page.</p></body></html>"
        );
    }

    static async Task<IResult> SignInAsync(
        [FromForm] string? key,
        [FromForm(Name = "return")] string? returnTo,
        HttpContext http,
        AccessKeys keys,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        if (keys.Find(key?.Trim() ?? "") is not { } found)
        {
            KeyAuthentication.UnknownKey(loggers.CreateLogger<KeyAuthentication>(), http.Connection.RemoteIpAddress);
            return new SeeOtherRedirect(SignInCodes.Address(SignInCodes.WrongKey, returnTo));
        }
        await http.SignInAsync(SiteCookie.SchemeName, SiteCookie.WithKey(found, time.GetUtcNow()));
        return new SeeOtherRedirect(People.LocalPath(returnTo));
    }

    static async Task<IResult> ProviderAsync(
        [FromQuery(Name = "return")] string? returnTo,
        HttpContext http,
        AccessOptions access,
        ILoggerFactory loggers
    )
    {
        if (!access.Oidc.IsConfigured)
            return new SeeOtherRedirect(SignInCodes.Address(null, returnTo));
        try
        {
            await http.ChallengeAsync(OidcSignIn.SchemeName, new AuthenticationProperties { RedirectUri = People.LocalPath(returnTo) });
            return TypedResults.Empty;
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException)
        {
            ProviderAway(loggers.CreateLogger(typeof(SignInEndpoints)), exception.GetBaseException().Message);
            return new SeeOtherRedirect(SignInCodes.Address(SignInCodes.ProviderAway, returnTo));
        }
    }

    static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await http.SignOutAsync(SiteCookie.SchemeName);
        return new SeeOtherRedirect(SignInCodes.Address(SignInCodes.SignedOut));
    }

    [LoggerMessage(4012, LogLevel.Error, "The sign-in provider does not answer: {Cause}")]
    static partial void ProviderAway(ILogger logger, string cause);
}

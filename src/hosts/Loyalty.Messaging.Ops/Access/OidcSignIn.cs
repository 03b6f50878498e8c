using System.Security.Claims;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Sign-in through a provider of OpenID Connect. What it leaves is the site's own cookie, with a name and one role.</summary>
internal static partial class OidcSignIn
{
    public const string SchemeName = "Provider";

    public static void AddOidcSignIn(this AuthenticationBuilder authentication, OidcOptions oidc) =>
        authentication.AddOpenIdConnect(
            SchemeName,
            options =>
            {
                options.Authority = oidc.Authority;
                options.RequireHttpsMetadata = oidc.Authority!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
                (options.ClientId, options.ClientSecret) = (oidc.ClientId, oidc.ClientSecret);
                (options.ResponseType, options.ResponseMode, options.UsePkce) = (
                    OpenIdConnectResponseType.Code,
                    OpenIdConnectResponseMode.Query,
                    true
                );
                options.CallbackPath = "/sign-in/oidc";
                options.SignInScheme = SiteCookie.SchemeName;
                (options.MapInboundClaims, options.SaveTokens, options.GetClaimsFromUserInfoEndpoint) = (false, false, false);
                options.CorrelationCookie = new SecureCookie
                {
                    Name = "loyalty-oidc.",
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    IsEssential = true,
                };
                options.NonceCookie = new SecureCookie
                {
                    Name = "loyalty-oidc-nonce.",
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    IsEssential = true,
                };
                options.Events.OnTokenValidated = context => ValidatedAsync(context, oidc);
                options.Events.OnTicketReceived = context =>
                {
                    // Whoever comes from another site brings no cookie that is SameSite=Strict: a page of our own leads on.
                    context.ReturnUri = $"/sign-in/done?return={Uri.EscapeDataString(People.LocalPath(context.ReturnUri))}";
                    return Task.CompletedTask;
                };
                options.Events.OnRemoteFailure = context =>
                {
                    Failed(Logger(context.HttpContext), context.Failure?.GetType().Name ?? "unknown");
                    context.Response.Redirect(SignInCodes.Address(SignInCodes.ProviderFailed));
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
            }
        );

    /// <summary>The highest of our roles in the claim; whoever has none is not let in.</summary>
    static Task ValidatedAsync(TokenValidatedContext context, OidcOptions oidc)
    {
        var (principal, time) = (context.Principal!, context.HttpContext.RequestServices.GetRequiredService<TimeProvider>());
        var held = principal.FindAll(oidc.RoleClaim).Select(claim => claim.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var name =
            principal.FindFirstValue("preferred_username")
            ?? principal.FindFirstValue("email")
            ?? principal.FindFirstValue("name")
            ?? principal.FindFirstValue("sub")
            ?? "somebody";
        if (AccessKey.Roles.LastOrDefault(held.Contains) is { } role)
        {
            // Without a subject the handler lets nobody in.
            var who = Actors.AtProvider(context.SecurityToken.Issuer, principal.FindFirstValue("sub")!);
            context.Principal = SiteCookie.Of(name, role, who, time.GetUtcNow());
            return Task.CompletedTask;
        }
        NoRole(Logger(context.HttpContext), name, oidc.RoleClaim);
        context.Response.Redirect("/sign-in/no-role");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    static ILogger Logger(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OidcSignIn));

    [LoggerMessage(4010, LogLevel.Warning, "{Name} has signed in at the provider, but the claim {Claim} holds none of our roles")]
    static partial void NoRole(ILogger logger, string name, string claim);

    // The type alone: a failure's words may hold what the provider sent.
    [LoggerMessage(4011, LogLevel.Warning, "A sign-in through the provider failed: {Cause}")]
    static partial void Failed(ILogger logger, string cause);
}

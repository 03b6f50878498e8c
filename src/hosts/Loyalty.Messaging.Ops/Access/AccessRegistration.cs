using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.ServiceDefaults;
using Microsoft.AspNetCore.Authorization;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Who may come in, and that nobody else does: a route that says nothing is for approvers alone.</summary>
internal static class AccessRegistration
{
    /// <summary>A key in the header, or else the site's cookie.</summary>
    const string Either = "Either";

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var access = builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        access.Check(builder.Environment.IsDevelopment());
        builder.WebHost.UseUrls(access.Urls).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(access).AddSingleton<AccessKeys>();
        builder.AddKeyRing();
        var authentication = builder
            .Services.AddAuthentication(options =>
            {
                options.DefaultScheme = Either;
                (options.DefaultChallengeScheme, options.DefaultForbidScheme) = (
                    KeyAuthentication.SchemeName,
                    KeyAuthentication.SchemeName
                );
                options.AddScheme<KeyAuthentication>(KeyAuthentication.SchemeName, null);
            })
            .AddPolicyScheme(
                Either,
                null,
                options =>
                    options.ForwardDefaultSelector = context =>
                        access.IsOpen || context.Request.Headers.ContainsKey("Authorization")
                            ? KeyAuthentication.SchemeName
                            : SiteCookie.SchemeName
            )
            .AddCookie(SiteCookie.SchemeName, SiteCookie.Configure);
        if (access.Oidc.IsConfigured)
            authentication.AddOidcSignIn(access.Oidc);
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie = new SecureCookie
            {
                Name = "loyalty-form",
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                IsEssential = true,
            };
            options.SuppressXFrameOptionsHeader = true;
        });
        // The framework's own lines per request without a key, and per form without a token, say nothing that ours do not.
        builder.Logging.AddFilter(typeof(KeyAuthentication).FullName, LogLevel.Warning);
        var authorization = builder
            .Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(AccessKey.Roles[^1]).Build());
        for (var index = 0; index < AccessKey.Roles.Count; index++)
        {
            string[] enough = [.. AccessKey.Roles.Skip(index)];
            authorization.AddPolicy(AccessKey.Roles[index], policy => policy.RequireRole(enough));
        }
    }

    public static void UseAccess(this WebApplication app)
    {
        app.UseRouting();
        app.UseUnrouted();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRequestGuard();
    }
}

/// <summary>Policies; each includes the roles above it.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Approver = "approver";
}

using System.Globalization;
using System.Security.Claims;
using Loyalty.Messaging.Ops.Shared;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>The cookie of somebody who has signed in on the site.</summary>
internal static class SiteCookie
{
    public const string SchemeName = "Site";

    /// <summary>The hash of the key somebody came in with.</summary>
    const string KeyClaim = "loyalty:key";
    const string SignedInAtClaim = "loyalty:signed-in-at";

    static readonly TimeSpan Idle = TimeSpan.FromHours(8);

    /// <summary>A provider is asked again after this time, however busy somebody is.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie = new SecureCookie
        {
            Name = "loyalty-ops",
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        };
        options.ExpireTimeSpan = Idle;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew &= !RequestGuard.IsScript(context.Request);
            return Task.CompletedTask;
        };
    }

    public static ClaimsPrincipal WithKey(AccessKeyOptions key, DateTimeOffset now) =>
        Of(key.Name!, key.Role!, Actors.WithKey(key.Hash!), now, new Claim(KeyClaim, key.Hash!));

    /// <param name="who">As <see cref="Actors.WithKey"/> and <see cref="Actors.AtProvider"/> give it.</param>
    public static ClaimsPrincipal Of(string name, string role, Claim who, DateTimeOffset now, params Claim[] others) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.Name, name),
                    new Claim(ClaimTypes.Role, role),
                    who,
                    new Claim(SignedInAtClaim, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                    .. others,
                ],
                SchemeName
            )
        );

    /// <summary>Asked with every request: a key that was taken away or has another role now, and a sign-in that is a day old.</summary>
    static Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var hash = context.Principal?.FindFirstValue(KeyClaim);
        var stands = hash is null
            ? services.GetRequiredService<AccessOptions>().Oidc.IsConfigured
            : services.GetRequiredService<AccessKeys>().WithHash(hash) is { } key
                && key.Name == context.Principal!.Identity?.Name
                && context.Principal.IsInRole(key.Role!);
        // A cookie of before does not tell people apart.
        stands &= context.Principal?.FindFirstValue(Actors.IdentityClaim) is not null;
        var signedIn = long.TryParse(context.Principal?.FindFirstValue(SignedInAtClaim), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : default;
        if (!stands || services.GetRequiredService<TimeProvider>().GetUtcNow() - signedIn > Longest)
            context.RejectPrincipal();
        return Task.CompletedTask;
    }
}

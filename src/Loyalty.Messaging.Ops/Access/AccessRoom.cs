using Loyalty.Messaging.ServiceDefaults;
using Microsoft.AspNetCore.Authorization;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Who may come in, and that nobody else does: a route that says nothing is for approvers alone.</summary>
internal static class AccessRoom
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var access = builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        access.Check(builder.Environment.IsDevelopment());
        builder.WebHost.UseUrls(access.Urls).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(access);
        // The core alone: AddAuthentication would bring cookies' key ring, and files of it on the disk, for nobody.
        builder.Services.AddWebEncoders().AddAuthenticationCore(options =>
        {
            options.DefaultScheme = KeyAuthentication.SchemeName;
            options.AddScheme<KeyAuthentication>(KeyAuthentication.SchemeName, null);
        });
        // The framework's own line per request without a key says nothing that ours does not.
        builder.Logging.AddFilter(typeof(KeyAuthentication).FullName, LogLevel.Warning);
        var authorization = builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(AccessKey.Roles[^1]).Build());
        for (var index = 0; index < AccessKey.Roles.Count; index++)
        {
            string[] enough = [.. AccessKey.Roles.Skip(index)];
            authorization.AddPolicy(AccessKey.Roles[index], policy => policy.RequireRole(enough));
        }
    }

    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}

/// <summary>Policies; each includes the roles above it.</summary>
internal static class Roles
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Approver = "approver";
}

using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Access;

/// <summary><c>Authorization: Bearer KEY</c>.</summary>
internal sealed partial class KeyAuthentication(
    AccessOptions access,
    AccessKeys keys,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (access.IsOpen)
            return IsThisMachine()
                ? Success("developer", AccessKey.Roles[^1], new Claim(Actors.IdentityClaim, "developer"))
                : AuthenticateResult.Fail("Without keys only this machine is let in");
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (keys.Find(header[Prefix.Length..].Trim()) is { } key)
            return Success(key.Name!, key.Role!, Actors.WithKey(key.Hash!));
        UnknownKey(Logger, Context.Connection.RemoteIpAddress);
        return AuthenticateResult.Fail("The key is not known");
    }

    /// <summary>
    /// By both ends of the connection and by the name that was asked for: a page on the web can send a developer's browser here under a
    /// name of its own.
    /// </summary>
    bool IsThisMachine() =>
        Context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local }
        && IPAddress.IsLoopback(remote)
        && IPAddress.IsLoopback(local)
        && Loopback.Is(Request.Host.Host);

    AuthenticateResult Success(string name, string role, Claim who)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), who], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    /// <summary>People are shown where to sign in, programs what is missing.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (People.Ask(Request))
            return SignInEndpoints.AskAsync(Context);
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }

    [LoggerMessage(4001, LogLevel.Warning, "Somebody at {Address} presented a key that is not known")]
    internal static partial void UnknownKey(ILogger logger, IPAddress? address);
}

using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Loyalty.Messaging.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Access;

/// <summary><c>Authorization: Bearer KEY</c>.</summary>
internal sealed partial class KeyAuthentication(
    AccessOptions access, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (access.IsOpen)
            return IsThisMachine() ? Success("developer", AccessKey.Roles[^1]) : AuthenticateResult.Fail("Without keys only this machine is let in");
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (Find(header[Prefix.Length..].Trim()) is { } key)
            return Success(key.Name!, key.Role!);
        UnknownKey(Logger, Context.Connection.RemoteIpAddress);
        return AuthenticateResult.Fail("The key is not known");
    }

    /// <summary>Compares with every key, so that the time it takes tells nothing.</summary>
    AccessKeyOptions? Find(string presented)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        AccessKeyOptions? found = null;
        foreach (var key in access.Keys)
            if (CryptographicOperations.FixedTimeEquals(hash, AccessKey.Parse(key.Hash)))
                found = key;
        return found;
    }

    /// <summary>By both ends of the connection and by the name that was asked for: a page on the web can send a developer's browser here under a name of its own.</summary>
    bool IsThisMachine() =>
        Context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && IPAddress.IsLoopback(remote) && IPAddress.IsLoopback(local)
        && (Request.Host.Host == "localhost" || (IPAddress.TryParse(Request.Host.Host, out var host) && IPAddress.IsLoopback(host)));

    AuthenticateResult Success(string name, string role)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }

    [LoggerMessage(4001, LogLevel.Warning, "A request from {Address} presented a key that is not known")]
    static partial void UnknownKey(ILogger logger, IPAddress? address);
}

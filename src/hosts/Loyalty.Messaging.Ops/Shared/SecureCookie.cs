namespace Loyalty.Messaging.Ops.Shared;

/// <summary>
/// Sent over https alone, unless the site was asked for under a name of this machine: behind a proxy that ends TLS the request itself is
/// plain.
/// </summary>
internal sealed class SecureCookie : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = context.Request.IsHttps || !Loopback.Is(context.Request.Host.Host);
        options.Path = "/";
        return options;
    }
}

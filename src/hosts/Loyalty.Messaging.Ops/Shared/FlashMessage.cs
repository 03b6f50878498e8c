using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Ops.Shared.Components;
using Microsoft.AspNetCore.DataProtection;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>
/// What came of a form, said on the page that follows it: in a protected cookie that lives for a minute and is shown once. Nobody else can
/// put words there.
/// </summary>
internal sealed class FlashMessage(IDataProtectionProvider protection)
{
    const string Name = "loyalty-said";
    const int Longest = 800;

    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Loyalty.Messaging.Ops.FlashMessage")
        .ToTimeLimitedDataProtector();

    public IResult Done(HttpContext context, string text, string address) => Answer(context, NoticeKinds.Good, text, address);

    public IResult Refused(HttpContext context, string text, string address) => Answer(context, NoticeKinds.Bad, text, address);

    /// <summary>Shown by the page at the address, to which the browser is sent.</summary>
    public IResult Answer(HttpContext context, string kind, string text, string address)
    {
        var message = new SaidMessage(kind, text.Length > Longest ? text[..Longest] + "…" : text);
        context.Response.Cookies.Append(Name, _protector.Protect(JsonSerializer.Serialize(message), Lifetime), Cookie.Build(context));
        return new SeeOtherRedirect(address);
    }

    /// <summary>What is to be said now; null when there is nothing. It is said once.</summary>
    public SaidMessage? Take(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { } kept || context.Response.HasStarted)
            return null;
        context.Response.Cookies.Delete(Name, Cookie.Build(context));
        try
        {
            return JsonSerializer.Deserialize<SaidMessage>(_protector.Unprotect(kept));
        }
        catch (CryptographicException)
        {
            // Too old, or not ours.
            return null;
        }
    }

    static SecureCookie Cookie { get; } =
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        };
}

/// <summary>A sentence and how it is meant.</summary>
internal sealed record SaidMessage(string Kind, string Text);

using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Section <c>Ops:Oidc</c>: sign-in through a provider of OpenID Connect, by code and PKCE.</summary>
internal sealed class OidcOptions
{
    /// <summary>
    /// The provider's issuer address; below it stands <c>.well-known/openid-configuration</c>. https, or http on loopback.
    /// </summary>
    public string? Authority { get; set; }
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }

    /// <summary>
    /// The claim of the ID token whose values <c>viewer</c>, <c>operator</c> and <c>approver</c> are roles here; others are read away, the
    /// highest counts.
    /// </summary>
    /// <value>Default <c>roles</c>.</value>
    public string RoleClaim { get; set; } = "roles";

    public bool IsConfigured => !string.IsNullOrWhiteSpace(Authority);

    public IEnumerable<string> Mistakes()
    {
        if (!IsConfigured)
        {
            if (!string.IsNullOrWhiteSpace(ClientId) || !string.IsNullOrWhiteSpace(ClientSecret))
                yield return "Ops__Oidc__Authority is required beside Ops__Oidc__ClientId and __ClientSecret: the provider's address";
            yield break;
        }
        if (
            !Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            || address.UserInfo.Length > 0
            || !(address.Scheme == "https" || (address.Scheme == "http" && Loopback.Is(address.Host)))
        )
            yield return "Ops__Oidc__Authority must be an https address without a password in it (http for loopback alone)";
        if (string.IsNullOrWhiteSpace(ClientId))
            yield return "Ops__Oidc__ClientId is required: as the provider knows this site";
        if (string.IsNullOrWhiteSpace(ClientSecret))
            yield return "Ops__Oidc__ClientSecret (or Ops__Oidc__ClientSecret__File) is required";
        if (string.IsNullOrWhiteSpace(RoleClaim))
            yield return "Ops__Oidc__RoleClaim must name the claim that holds viewer, operator or approver";
    }
}

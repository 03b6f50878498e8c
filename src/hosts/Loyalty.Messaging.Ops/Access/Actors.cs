using System.Security.Claims;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Who acts, as the site knows them.</summary>
internal static class Actors
{
    /// <summary>Holds <see cref="Actor.Identity"/>: what tells people apart, whatever they are called.</summary>
    public const string IdentityClaim = "loyalty:identity";

    /// <summary>Who asks.</summary>
    public static Actor Actor(this HttpContext http) =>
        new(http.User.Identity?.Name ?? "somebody", Claimed(http, ClaimTypes.Role), Claimed(http, IdentityClaim));

    /// <summary>Who asked for what the job does now.</summary>
    public static Actor Actor(this Job job) =>
        new(job.CreatedBy, job.ApprovedBy is null ? "job" : $"job, approved by {job.ApprovedBy}", job.CreatedIdentity ?? "");

    /// <summary>Whether whoever asks has at least this role.</summary>
    public static bool May(HttpContext? http, string role) =>
        http is not null && ServiceDefaults.AccessKey.Roles.SkipWhile(each => each != role).Any(http.User.IsInRole);

    /// <summary>Whoever has the key.</summary>
    /// <param name="hash">As the settings hold it.</param>
    public static Claim WithKey(string hash) => new(IdentityClaim, $"key {hash.ToLowerInvariant()}");

    /// <param name="subject">What the provider calls somebody for ever, whatever their name is.</param>
    public static Claim AtProvider(string issuer, string subject) => new(IdentityClaim, $"{issuer} {subject}");

    static string Claimed(HttpContext http, string type) => http.User.FindFirstValue(type) ?? "";
}

using System.Security.Claims;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Who acts.</summary>
/// <param name="Identity">As <see cref="Store.Jobs.Someone.Identity"/>: what tells people apart, whatever they are called.</param>
internal sealed record Person(string Name, string Role, string Identity)
{
    public const string IdentityClaim = "loyalty:identity";

    public Someone Someone => new(Name, Identity);

    public static Person Of(HttpContext context) =>
        new(context.User.Identity?.Name ?? "somebody", Claimed(context, ClaimTypes.Role), Claimed(context, IdentityClaim));

    /// <summary>Whoever has the key.</summary>
    /// <param name="hash">As the settings hold it.</param>
    public static Claim WithKey(string hash) => new(IdentityClaim, $"key {hash.ToLowerInvariant()}");

    /// <param name="subject">What the provider calls somebody for ever, whatever their name is.</param>
    public static Claim AtProvider(string issuer, string subject) => new(IdentityClaim, $"{issuer} {subject}");

    /// <summary>Who asked for what the job does now.</summary>
    public static Person Of(Job job) =>
        new(job.CreatedBy, job.ApprovedBy is null ? "job" : $"job, approved by {job.ApprovedBy}", job.CreatedIdentity ?? "");

    static string Claimed(HttpContext context, string type) => context.User.FindFirstValue(type) ?? "";

    /// <summary>Whether the role may do what at least this one may.</summary>
    public static bool May(HttpContext? context, string role) =>
        context is not null && ServiceDefaults.AccessKey.Roles.SkipWhile(each => each != role).Any(context.User.IsInRole);
}

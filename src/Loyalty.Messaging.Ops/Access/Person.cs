using System.Security.Claims;
using Loyalty.Messaging.Persistence.Jobs;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Who acts.</summary>
internal sealed record Person(string Name, string Role)
{
    public static Person Of(HttpContext context) => new(context.User.Identity?.Name ?? "somebody", context.User.FindFirstValue(ClaimTypes.Role) ?? "");

    /// <summary>Who asked for what the job does now.</summary>
    public static Person Of(Job job) => new(job.CreatedBy, job.ApprovedBy is null ? "job" : $"job, approved by {job.ApprovedBy}");

    /// <summary>Whether the role may do what at least this one may.</summary>
    public static bool May(HttpContext? context, string role) => context is not null && ServiceDefaults.AccessKey.Roles.SkipWhile(each => each != role).Any(context.User.IsInRole);
}

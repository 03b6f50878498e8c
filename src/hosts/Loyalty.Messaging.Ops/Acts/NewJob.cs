using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>A job that somebody asks for, at one item a second until something else is said.</summary>
internal static class NewJob
{
    /// <param name="id">Of the request: the same again is the same job.</param>
    /// <param name="kind">One of <see cref="JobKinds"/>.</param>
    public static Job Of(Guid id, string kind, string description, string reason, Actor actor, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Kind = kind,
            StateSince = now,
            Description = description,
            Reason = reason,
            CreatedBy = actor.Name,
            CreatedIdentity = actor.Identity,
            CreatedAt = now,
            Rate = 1,
            StopOnSame = false,
            StopShare = 10,
        };

    public static AuditedAct Audited(Job job, Actor actor) => actor.Does($"{job.Kind} as a job", $"job {job.Id}", job.Reason);
}

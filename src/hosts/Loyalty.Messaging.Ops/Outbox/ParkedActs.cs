using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Parked;

namespace Loyalty.Messaging.Ops.Outbox;

/// <summary>What people do with parked messages, by a page or by the API.</summary>
internal sealed class ParkedActs(ParkedMessages parked, SecondPerson second)
{
    /// <summary>A few are released at once; many by a job that a second person allows.</summary>
    /// <param name="ids">Null: the oldest of all.</param>
    /// <returns>The job, or how many were released.</returns>
    public async Task<(Job? Job, int Count)> ReleaseAsync(
        Guid id,
        IReadOnlyList<Guid>? ids,
        string reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var found = await parked.OldestAsync(ids, cancellationToken);
        return
            await second.AskAsync(
                id,
                JobKinds.Release,
                $"Try {Wording.Count(found.Count, "parked message", "parked messages")} again",
                found,
                reason,
                actor,
                cancellationToken
            )
                is { } job
            ? (job, 0)
            : (
                null,
                await parked.ReleaseAsync(
                    found,
                    (subject, details) => actor.Does(JobKinds.Release, subject, reason, details),
                    cancellationToken
                )
            );
    }
}

/// <summary>One of many.</summary>
internal sealed class ReleaseAct(ParkedMessages parked) : IJobAct
{
    public string Kind => JobKinds.Release;

    public async Task<ActOutcome> DoAsync(Job job, JobItem item, Guid operationId, CancellationToken cancellationToken)
    {
        var person = job.Actor();
        var released = await parked.ReleaseAsync(
            [Guid.Parse(item.Subject)],
            (subject, details) => person.Does(Kind, subject, job.Reason, details),
            cancellationToken
        );
        return released == 1
            ? new ActOutcome(JobItemStates.Done, "On its way again")
            : new ActOutcome(JobItemStates.Skipped, "It was no longer parked");
    }
}

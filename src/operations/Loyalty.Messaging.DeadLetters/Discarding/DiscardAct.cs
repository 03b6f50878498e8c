using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.DeadLetters.Discarding;

/// <summary>Gives a dead letter up: nothing is to become of it. It can be restored until it is deleted.</summary>
internal sealed class DiscardAct(DeadLetterStore letters) : IJobAct
{
    public string Kind => JobKinds.Discard;

    public async Task<ActOutcome> DoAsync(Job job, JobItem item, Guid operationId, CancellationToken cancellationToken)
    {
        var moved = await letters.MoveAsync(
            [Guid.Parse(item.Subject)],
            DeadLetterStates.Open,
            DeadLetterStates.Discarded,
            job.CreatedBy,
            job.Reason,
            cancellationToken
        );
        return moved.Count == 1
            ? new ActOutcome(JobItemStates.Done, "Discarded")
            : new ActOutcome(JobItemStates.Skipped, "It was no longer open");
    }
}

using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Jobs;

/// <summary>What a job of one kind does to one item. It may be done again after a crash, and has the effect of once.</summary>
public interface IJobAct
{
    /// <summary>One of <see cref="JobKinds"/>.</summary>
    string Kind { get; }

    /// <param name="operationId">Follows from job and item.</param>
    Task<ActOutcome> DoAsync(Job job, JobItem item, Guid operationId, CancellationToken cancellationToken);
}

/// <summary>What became of an item.</summary>
/// <param name="State">One of <see cref="JobItemStates"/>: <c>Done</c>, <c>Failed</c> or <c>Skipped</c>.</param>
/// <param name="Sentence">For people.</param>
public sealed record ActOutcome(string State, string Sentence);

using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>What people do with dead letters, by a page or by the API.</summary>
internal sealed class DeadLetterActs(
    DeadLetterQueries queries,
    DeadLetterStore letters,
    Forecasts forecasts,
    SecondPerson second,
    AuditTrail audit,
    Retention retention
)
{
    /// <returns>Null when there is no such dead letter.</returns>
    public async Task<DeadLetterView?> ShowAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } found)
            return null;
        return DeadLetterView.Of(found.Letter, found.Failures, (await forecasts.OfAsync([found.Letter], cancellationToken))[0], retention);
    }

    /// <summary>A few are discarded at once; many by a job that a second person allows.</summary>
    /// <returns>The job, or how many were discarded.</returns>
    public async Task<(Job? Job, int Count)> DiscardAsync(
        Guid id,
        DeadLetterSelection selection,
        string reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var ids = await queries.IdsAsync(selection with { State = DeadLetterStates.Open }, cancellationToken);
        if (await second.AskAsync(id, JobKinds.Discard, $"Discard {selection.InWords()}", ids, reason, actor, cancellationToken) is { } job)
            return (job, 0);
        await audit.AppendAsync(
            actor.Does(
                "discard",
                ids.Count == 1 ? $"dead letter {ids[0]}" : $"{ids.Count} dead letters",
                reason,
                ids.Count == 1 ? null : new { ids }
            ),
            cancellationToken
        );
        return (
            null,
            (await letters.MoveAsync(ids, DeadLetterStates.Open, DeadLetterStates.Discarded, actor.Name, reason, cancellationToken)).Count
        );
    }

    /// <returns>How many are open again.</returns>
    public async Task<int> RestoreAsync(DeadLetterSelection selection, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var ids = await queries.IdsAsync(selection with { State = DeadLetterStates.Discarded }, cancellationToken);
        await audit.AppendAsync(
            actor.Does("restore", ids.Count == 1 ? $"dead letter {ids[0]}" : $"{ids.Count} dead letters", reason),
            cancellationToken
        );
        return (
            await letters.MoveAsync(ids, DeadLetterStates.Discarded, DeadLetterStates.Open, actor.Name, reason, cancellationToken)
        ).Count;
    }

    public async Task NoteAsync(Guid group, string note, Actor actor, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(actor.Does("note", $"group {group}", note), cancellationToken);
        await letters.NoteAsync(group, note, actor.Name, cancellationToken);
    }
}

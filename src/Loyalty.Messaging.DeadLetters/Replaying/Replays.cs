using Loyalty.Messaging.DeadLetters.Jobs;
using Loyalty.Messaging.Persistence.DeadLetters;
using Loyalty.Messaging.Persistence.Jobs;
using Loyalty.Messaging.Persistence.Queries;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>Replays as people ask for them: first what would happen, then a job that does it.</summary>
public sealed class Replays(DeadLetterQueries queries, Forecasts forecasts, JobStore jobs, ApprovalLimits limits, TimeProvider time)
{
    const int AtOnce = 500;
    const int ExamplesEach = 3;

    /// <summary>Says what sending the open ones of these again would do. Changes nothing.</summary>
    public async Task<ReplayPreview> PreviewAsync(DeadLetterSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var ids = await queries.IdsAsync(selection with { State = DeadLetterStates.Open }, cancellationToken);
        var (effects, examples) = (new Dictionary<Effect, int>(), new List<ReplayExample>());
        var (issued, reversed, unknown) = (0L, 0L, 0);
        foreach (var chunk in ids.Chunk(AtOnce))
        {
            var letters = await queries.LettersAsync(chunk, cancellationToken);
            var told = await forecasts.OfAsync(letters, cancellationToken);
            for (var index = 0; index < letters.Count; index++)
            {
                var (letter, forecast) = (letters[index], told[index]);
                var count = effects[forecast.Effect] = effects.GetValueOrDefault(forecast.Effect) + 1;
                issued += forecast.Effect == Effect.Issues ? forecast.Miles ?? 0 : 0;
                reversed += forecast.Effect == Effect.Reverses ? forecast.Miles ?? 0 : 0;
                unknown += forecast is { Effect: Effect.Issues or Effect.Reverses or Effect.Waits or Effect.Repeats, Miles: null } ? 1 : 0;
                if (count <= ExamplesEach)
                    examples.Add(new ReplayExample(letter.Id, letter.OrderId, letter.RefundId, forecast.Effect, forecast.Miles, forecast.Sentence));
            }
        }
        return new ReplayPreview
        {
            Total = ids.Count,
            Effects = effects,
            MilesToIssue = issued,
            MilesToReverse = reversed,
            MilesUnknown = unknown,
            NeedsApproval = limits.Objection(ids.Count, issued + reversed),
            Examples = [.. examples.OrderBy(example => example.Effect)],
        };
    }

    /// <summary>Makes the job. What is selected is frozen now: what is given up later is not part of it.</summary>
    /// <returns>Null when nothing of the selection is open.</returns>
    public async Task<Job?> StartAsync(ReplayOrder order, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(actor);
        var preview = await PreviewAsync(order.Selection, cancellationToken);
        var now = time.GetUtcNow();
        var description = order.Selection.InWords();
        return await jobs.CreateReplayAsync(new Job
        {
            Id = order.Id,
            Kind = JobKinds.Replay,
            State = preview.NeedsApproval is null ? JobStates.Running : JobStates.AwaitingApproval,
            StateSince = now,
            StateReason = preview.NeedsApproval,
            Description = $"Replay {description}",
            Reason = order.Reason,
            CreatedBy = actor.Name,
            CreatedIdentity = actor.Identity,
            CreatedAt = now,
            NeedsApproval = preview.NeedsApproval,
            Rate = order.Rate,
            Ramp = order.Ramp,
            StopOnSame = order.StopOnSame,
            StopShare = order.StopShare,
            MilesToIssue = preview.MilesToIssue,
            MilesToReverse = preview.MilesToReverse,
        }, order.Selection, actor.Does("replay", $"job {order.Id}", order.Reason), cancellationToken);
    }
}

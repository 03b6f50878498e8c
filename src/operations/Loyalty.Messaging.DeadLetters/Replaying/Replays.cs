using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>Replays as people ask for them: first what would happen, then a job that does it.</summary>
public sealed class Replays(
    DeadLetterQueries queries,
    Forecasts forecasts,
    JobStore jobs,
    LoneActs alone,
    ApprovalLimits limits,
    TimeProvider time
)
{
    const int AtOnce = 500;
    const int ExamplesEach = 3;

    /// <summary>Says what sending the open ones of these again would do. Changes nothing.</summary>
    /// <param name="person">Who would send them.</param>
    public async Task<ReplayPreview> PreviewAsync(DeadLetterSelection selection, Someone person, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var measured = await MeasureAsync(
            await queries.IdsAsync(selection with { State = DeadLetterStates.Open }, cancellationToken),
            cancellationToken
        );
        var objection = measured.Statement ?? await alone.ObjectionAsync(person, Weight.Of([.. measured.Most.Values]), cancellationToken);
        return measured.Preview with { NeedsApproval = objection };
    }

    /// <summary>
    /// Makes the job. What is selected is frozen now, and measured as it is frozen: what is given up later is not part of it.
    /// </summary>
    /// <returns>Null when nothing of the selection is open.</returns>
    public async Task<Job?> StartAsync(ReplayOrder order, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(actor);
        var now = time.GetUtcNow();
        var description = order.Selection.InWords();
        var job = new Job
        {
            Id = order.Id,
            Kind = JobKinds.Replay,
            StateSince = now,
            Description = $"Replay {description}",
            Reason = order.Reason,
            CreatedBy = actor.Name,
            CreatedIdentity = actor.Identity,
            CreatedAt = now,
            Rate = order.Rate,
            Ramp = order.Ramp,
            StopOnSame = order.StopOnSame,
            StopShare = order.StopShare,
        };
        return await jobs.CreateReplayAsync(
            job,
            order.Selection,
            async ids =>
            {
                var measured = await MeasureAsync(ids, cancellationToken);
                (job.MilesToIssue, job.MilesToReverse) = (measured.Preview.MilesToIssue, measured.Preview.MilesToReverse);
                job.NeedsApproval = measured.Statement;
                return measured.Most;
            },
            actor.Does("replay", $"job {order.Id}", order.Reason),
            cancellationToken
        );
    }

    async Task<Measured> MeasureAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var (effects, examples, most) = (new Dictionary<Effect, int>(), new List<ReplayExample>(), new Dictionary<Guid, int?>());
        var (issued, reversed, unknown) = (0L, 0L, 0);
        string? statement = null;
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
                most[letter.Id] = forecast.Most;
                if (letter.KeyByHand && limits != ApprovalLimits.Off)
                    statement ??= SaidByHand(letter);
                if (count <= ExamplesEach)
                    examples.Add(
                        new ReplayExample(letter.Id, letter.OrderId, letter.RefundId, forecast.Effect, forecast.Miles, forecast.Sentence)
                    );
            }
        }
        return new Measured(
            new ReplayPreview
            {
                Total = ids.Count,
                Effects = effects,
                MilesToIssue = issued,
                MilesToReverse = reversed,
                MilesUnknown = unknown,
                Examples = [.. examples.OrderBy(example => example.Effect)],
            },
            most,
            statement
        );
    }

    static string SaidByHand(DeadLetter letter) =>
        $"that one of them is about {(letter.RefundId is null ? $"order {letter.OrderId}" : $"refund {letter.RefundId}")} says "
        + "only who edited it: "
        + "the original names none that can be read";

    /// <param name="Most">Of each, how many miles it moves at most; null where there is no telling.</param>
    /// <param name="Statement">What only two people may say together; null when nothing.</param>
    sealed record Measured(ReplayPreview Preview, IReadOnlyDictionary<Guid, int?> Most, string? Statement);
}

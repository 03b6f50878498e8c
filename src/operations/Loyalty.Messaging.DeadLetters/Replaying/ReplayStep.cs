using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>
/// Sends the next few dead letters of a replay, each as it came: the same message id, the same bytes, to the queue that gave it up.
/// </summary>
public sealed class ReplayStep(JobWork work, Forecasts forecasts, TimeProvider time) : IJobStep
{
    const int MostAtOnce = 100;

    public string Kind => JobKinds.Replay;

    public Task SettleAsync(Job job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return work.SettleReplaysAsync(job.Id, cancellationToken);
    }

    /// <returns>How many were sent or left out.</returns>
    public async Task<int> BeginAsync(Job job, Guid owner, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var items = await work.NextAsync(job.Id, Math.Min(most, MostAtOnce), cancellationToken);
        if (items.Count == 0)
            return 0;
        var letters = await work.LettersAsync([.. items.Select(item => Guid.Parse(item.Subject))], cancellationToken);
        var behind = await work.BehindFailedAsync(job.Id, [.. items.Select(item => item.Ordinal)], cancellationToken);
        var found = items.Where(item => letters.ContainsKey(Guid.Parse(item.Subject))).ToList();
        var told = await forecasts.OfAsync([.. found.Select(item => letters[Guid.Parse(item.Subject)])], cancellationToken);
        var (messages, leftOut) = (
            new List<ReplayedMessage>(),
            items.Except(found).ToDictionary(item => item.Ordinal, _ => "The dead letter is gone")
        );
        for (var index = 0; index < found.Count; index++)
        {
            var (item, letter) = (found[index], letters[Guid.Parse(found[index].Subject)]);
            if (behind.Contains(item.Ordinal))
                leftOut[item.Ordinal] = "An earlier message of its order has failed again";
            else if (told[index].Effect == Effect.RefusedAgain)
                leftOut[item.Ordinal] = $"It would be refused again. {told[index].Sentence}";
            else if (item.Miles is { } looked && (told[index].Most is not { } miles || miles > looked))
                leftOut[item.Ordinal] =
                    $"It would move more than the {looked} miles that were looked at when the job was made; replay it anew. "
                    + $"{told[index].Sentence}";
            else
                messages.Add(MessageOf(job, item, letter));
        }
        if (leftOut.Count > 0)
            await work.SkipAsync(job.Id, leftOut, cancellationToken);
        if (messages.Count > 0)
            await work.SendAsync(job.Id, owner, messages, cancellationToken);
        return items.Count;
    }

    ReplayedMessage MessageOf(Job job, JobItem item, DeadLetter letter)
    {
        var headers = Plain(letter.Headers)
            .Where(header => ReplayRoute.Keeps(header.Key))
            .ToDictionary(header => header.Key, header => header.Value);
        headers[DeadLetterHeaders.MessageId] = letter.MessageId ?? DeadLetterHeaders.NoMessageId;
        if (letter.Exchange is { } exchange)
            headers[DeadLetterHeaders.Exchange] = exchange;
        return new ReplayedMessage(
            item.Ordinal,
            letter.Id,
            DeterministicId.Of(
                "replay",
                job.Id.ToString(),
                item.Ordinal.ToString(CultureInfo.InvariantCulture),
                job.ResumedAt?.ToString("O", CultureInfo.InvariantCulture) ?? ""
            ),
            ReplayRoute.StreamOf(letter),
            Guid.TryParse(letter.MessageId, out var messageId) ? messageId : DeterministicId.Of("replayed", letter.Id.ToString()),
            ReplayRoute.Of(letter),
            letter.ContentType ?? "application/json",
            headers,
            letter.Body,
            time.GetUtcNow()
        );
    }

    /// <summary>What can be a header again.</summary>
    static Dictionary<string, object> Plain(string json)
    {
        var plain = new Dictionary<string, object>();
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!)
        {
            object? header = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
            if (header is not null)
                plain[name] = header;
        }
        return plain;
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>
/// Corrects an event of commerce and sends it in place of the original, which stays as it was, linked to what was made of it. Only such
/// events: a message between our own queues is a consequence, not a claim. Business keys stay: another order is another event. Where the
/// original names none that can be read, whoever edits says which it is, and a second person has to say so too.
/// </summary>
public sealed class Edits(DeadLetterQueries queries, DeadLetterStore letters, Replays replays, TimeProvider time)
{
    public const int LongestBody = 256 * 1024;

    /// <summary>The body as it may be shown and changed: collector numbers masked. Null when this message cannot be edited.</summary>
    public static string? TextOf(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return IsEditable(letter) ? ShownBody.Of(letter.Body, LongestBody) : null;
    }

    public static bool IsEditable(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return letter.State == DeadLetterStates.Open
            && letter.Exchange is WireNames.OrderCompleted or WireNames.OrderRefunded
            && letter.Body.Length <= LongestBody;
    }

    /// <param name="id">Identifies the request: asked again, nothing is sent again.</param>
    /// <param name="text">The new body. A masked collector number stands for the one in the original.</param>
    public async Task<EditResult> SendAsync(
        Guid id,
        Guid letterId,
        string text,
        string reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(actor);
        if (await queries.FindAsync(letterId, cancellationToken) is not { } found)
            return new EditResult(null, null, [$"There is no dead letter {letterId}"], true);
        var original = found.Letter;
        // A message of its own: the original's id belongs to the original.
        var messageId = DeterministicId.Of("edited", id.ToString()).ToString();
        if (
            original.EditedTo is { } before
            && before == LetterReader.IdOf(original.Endpoint, messageId, Encoding.UTF8.GetBytes(Unmasked(text, original.Body)))
        )
            return new EditResult(before, await SendAsync(id, before, reason, actor, cancellationToken), []);
        if (!IsEditable(original))
            return new EditResult(
                null,
                null,
                [
                    original.State == DeadLetterStates.Open
                        ? "Only events of commerce can be edited, and only up to 256 KB"
                        : $"Only an open message can be edited: this one is {original.State}",
                ]
            );
        if (AmbiguousMask(text, original.Body) is { } mask)
            return new EditResult(
                null,
                null,
                [$"{mask} stands for more than one collector number of the original: write out the one that is meant"]
            );
        var body = Encoding.UTF8.GetBytes(Unmasked(text, original.Body));
        var reading = CommerceEventCheck.Read(original.Exchange!, original.ContentType, null, body);
        if (reading.Violations.Count > 0)
            return new EditResult(null, null, [.. reading.Violations.Select(violation => violation.ToString())]);
        var (orderId, refundId) = reading.Message switch
        {
            OrderCompleted order => (order.OrderId, (string?)null),
            OrderRefunded refund => (refund.OrderId, refund.RefundId),
            _ => (null, null),
        };
        if (original.OrderId is { } knownOrder && knownOrder != orderId)
            return new EditResult(null, null, [$"orderId must stay {knownOrder}: another order is another event"]);
        if (original.RefundId is { } knownRefund && knownRefund != refundId)
            return new EditResult(null, null, [$"refundId must stay {knownRefund}: another refund is another event"]);
        var edited = new DeadLetter
        {
            Id = LetterReader.IdOf(original.Endpoint, messageId, body),
            Kind = original.Kind,
            Owner = original.Owner,
            Endpoint = original.Endpoint,
            Exchange = original.Exchange,
            MessageType = original.MessageType,
            MessageId = messageId,
            DeliveryId = CommerceEventCheck.Read(original.Exchange!, original.ContentType, messageId, body).DeliveryId,
            ContentType = original.ContentType,
            Reason = $"Edited by {actor.Name}: {reason}",
            Fingerprint = original.Fingerprint,
            OrderId = orderId,
            RefundId = refundId,
            Headers = original.Headers,
            Body = body,
            LastFailedAt = time.GetUtcNow(),
            EditedFrom = original.Id,
            // However often it is edited after that.
            KeyByHand = original.KeyByHand || original.OrderId is null || (refundId is not null && original.RefundId is null),
        };
        if (
            !await letters.ReplaceAsync(
                original.Id,
                edited,
                CollectorMask.Of(Encoding.UTF8.GetString(body)).ToLowerInvariant(),
                actor.Name,
                reason,
                actor.Does(
                    "edit",
                    $"dead letter {original.Id}",
                    reason,
                    new { edited = edited.Id, changed = Changed(original.Body, body) }
                ),
                cancellationToken
            )
        )
            return new EditResult(null, null, ["It is no longer open: somebody else acted first"]);
        return new EditResult(edited.Id, await SendAsync(id, edited.Id, reason, actor, cancellationToken), []);
    }

    /// <summary>Again when it is asked again: whoever asked first may have died before the job was made.</summary>
    Task<Job?> SendAsync(Guid id, Guid editedId, string reason, Actor actor, CancellationToken cancellationToken) =>
        replays.StartAsync(
            new ReplayOrder
            {
                Id = id,
                Selection = new DeadLetterSelection { Ids = [editedId] },
                Reason = reason,
                Ramp = [1],
            },
            actor,
            cancellationToken
        );

    /// <summary>Whoever edits sees the last four digits; what he leaves as it was means the number that was there.</summary>
    static string Unmasked(string text, byte[] original)
    {
        foreach (var number in CollectorMask.NumbersIn(Encoding.UTF8.GetString(original)))
            text = text.Replace(CollectorMask.Of(number), number, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Numbers with the same last four digits look alike: which of them is meant only a person can say.</summary>
    static string? AmbiguousMask(string text, byte[] original) =>
        CollectorMask
            .NumbersIn(Encoding.UTF8.GetString(original))
            .GroupBy(CollectorMask.Of)
            .FirstOrDefault(alike => alike.Count() > 1 && text.Contains(alike.Key, StringComparison.Ordinal))
            ?.Key;

    /// <summary>Names of the fields at the top that differ; no values.</summary>
    static List<string> Changed(byte[] before, byte[] after)
    {
        var (old, changed) = (Members(before), Members(after));
        return
        [
            .. old
                .Keys.Union(changed.Keys)
                .Where(name => old.GetValueOrDefault(name) != changed.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal),
        ];
    }

    static Dictionary<string, string> Members(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject members
                ? members.ToDictionary(member => member.Key, member => member.Value?.ToJsonString() ?? "null")
                : [];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return [];
        }
    }
}

/// <summary>What became of an edit.</summary>
/// <param name="EditedId">The dead letter made of the original; null when it was refused.</param>
/// <param name="Job">The replay that sends it.</param>
/// <param name="Refusals">Why it was refused, field by field; empty when it was not.</param>
/// <param name="IsMissing">There is no such dead letter.</param>
public sealed record EditResult(Guid? EditedId, Job? Job, IReadOnlyList<string> Refusals, bool IsMissing = false);

using System.Globalization;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>Makes sentences of what is stored: the journal, and what still waits in the outbox.</summary>
internal static class Timeline
{
    static readonly Dictionary<string, string> Exchanges = WireNames.Published.ToDictionary(entry => entry.Key.Name, entry => entry.Value);

    /// <param name="requests">What was sent, masked, by the call's idempotency key.</param>
    /// <param name="acts">What people did beyond decisions.</param>
    /// <param name="letters">What was given up, with every time that it was.</param>
    public static IReadOnlyList<TimelineEntry> Of(
        IEnumerable<JournalEntry> journal,
        IReadOnlyCollection<WaitingMessage> outbox,
        IReadOnlyDictionary<Guid, string>? requests = null,
        IReadOnlyList<AuditRecord>? acts = null,
        IReadOnlyList<(DeadLetter Letter, IReadOnlyList<DeadLetterFailure> Failures)>? letters = null
    )
    {
        var waiting = outbox.Select(message => message.MessageId).ToHashSet();
        // Stable: what one delivery did stays in the order in which it is told.
        return
        [
            .. journal
                .OrderBy(entry => entry.Sequence)
                .SelectMany(entry => Of(entry, waiting, requests))
                .Concat(outbox.Select(Of))
                .Concat((acts ?? []).Select(Of))
                .Concat((letters ?? []).SelectMany(given => Of(given.Letter, given.Failures)))
                .OrderBy(entry => entry.At),
        ];
    }

    static IEnumerable<TimelineEntry> Of(JournalEntry entry, HashSet<Guid> waiting, IReadOnlyDictionary<Guid, string>? requests)
    {
        var notes = StoredNote.All(entry.Notes);
        foreach (var note in notes)
            for (var index = 0; index < (note.Attempts?.Count ?? 0); index++)
                yield return Call(entry, note, index, requests);
        yield return new TimelineEntry
        {
            At = entry.At,
            Kind = TimelineKinds.Delivery,
            Text =
                $"{entry.MessageType} received{(entry.Part is null ? "" : $" for refund {entry.Part}")}"
                + (entry.Redelivered ? ", not for the first time" : ""),
            RefundId = entry.Part,
            MessageType = entry.MessageType,
            MessageId = entry.MessageId,
            Details = entry.Redelivered ? new TimelineDetails { Redelivered = true } : null,
        };
        if (entry.FromState != entry.ToState)
            yield return new TimelineEntry
            {
                At = entry.At,
                Kind = TimelineKinds.Transition,
                Text = $"{(entry.FromState.Length == 0 ? "new" : entry.FromState)} → {entry.ToState}",
                RefundId = entry.Part,
                FromState = entry.FromState.Length == 0 ? null : entry.FromState,
                ToState = entry.ToState,
            };
        foreach (var note in notes.Where(note => note.Attempts is null))
            yield return Said(entry, note);
        foreach (var sent in StoredNote.Sent(entry.Sent).Where(sent => !waiting.Contains(sent.MessageId)))
            yield return Sent(entry, sent);
    }

    static TimelineEntry Call(JournalEntry entry, StoredNote note, int index, IReadOnlyDictionary<Guid, string>? requests)
    {
        var attempt = note.Attempts![index];
        var name = NameOf(note.Operation);
        var duration = $"{Math.Round(attempt.Duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)} ms";
        var again = index == 0 ? "" : $" (try {index + 1})";
        return new TimelineEntry
        {
            At = attempt.StartedAt,
            Kind = TimelineKinds.Call,
            Text = attempt switch
            {
                { Status: { } status, Failure: { } failure } => $"{name} answered {status} in {duration}{again}: {failure}",
                { Status: { } status, ResponseCode: { } code } => $"{name} answered {status} in {duration}{again}, response code {code}",
                { Status: { } status } => $"{name} answered {status} in {duration}{again}",
                _ => $"{name} had no answer after {duration}{again}: {attempt.Failure ?? "cause unknown"}",
            },
            RefundId = entry.Part,
            Details = new TimelineDetails
            {
                Operation = note.Operation,
                Attempt = index + 1,
                Status = attempt.Status,
                DurationMs = Math.Round(attempt.Duration.TotalMilliseconds, 1),
                ResponseCode = attempt.ResponseCode,
                Failure = attempt.Failure,
                Request = note.IdempotencyKey is { } key ? requests?.GetValueOrDefault(key) : null,
                Response = attempt.Response,
                IdempotencyKey = note.IdempotencyKey,
            },
        };
    }

    static TimelineEntry Said(JournalEntry entry, StoredNote note)
    {
        var (kind, text) = note.Kind switch
        {
            "duplicate" => (TimelineKinds.Duplicate, note.Message ?? "The same event again: ignored"),
            "conflict" => (TimelineKinds.Conflict, note.Message ?? "Other content under the same business key: not applied"),
            "Granted" when note.Miles is 0 => (
                TimelineKinds.Ledger,
                $"The rest of the order still earns its miles: nothing to take back for refund {note.RefundId}"
            ),
            "Granted" => (TimelineKinds.Ledger, $"Set aside {Miles(note)} of the order for refund {note.RefundId}"),
            "Refused" => (TimelineKinds.Ledger, $"Refund {note.RefundId} does not fit the order: {note.Reason ?? "no reason given"}"),
            "NotRequired" => (TimelineKinds.Ledger, $"No miles were issued: nothing to take back for refund {note.RefundId}"),
            "given-back" => (
                TimelineKinds.Ledger,
                $"{Miles(note)} of refund {note.RefundId} were not taken back and are the order's again"
            ),
            "timer" => (
                TimelineKinds.Timer,
                $"{note.Message}, due {note.DueAt?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"
            ),
            "overdue" => (TimelineKinds.Overdue, note.Message ?? "Waits longer than expected"),
            "decision" => (
                TimelineKinds.Decision,
                $"{note.Actor} decided {note.Act}: {note.Reason}{(note.Refusal is null ? "" : $". Refused: {note.Refusal}")}"
            ),
            "correction" => (
                TimelineKinds.Correction,
                note.Changes is { Count: > 0 }
                    ? "Changed "
                        + string.Join(
                            "; ",
                            note.Changes.Select(change => $"{change.Field}: {change.Before ?? "none"} → {change.After ?? "none"}")
                        )
                    : "Changed nothing: the same values under a new key"
            ),
            _ => (TimelineKinds.Note, note.Message ?? $"{note.Kind}{(note.Reason is null ? "" : $": {note.Reason}")}"),
        };
        return new TimelineEntry
        {
            At = entry.At,
            Kind = kind,
            Text = text,
            RefundId = note.RefundId ?? entry.Part,
            Details =
                note.Miles is null && note.Reason is null && note.DueAt is null && note.Changes is null
                    ? null
                    : new TimelineDetails
                    {
                        Miles = note.Miles,
                        Reason = note.Reason,
                        DueAt = note.DueAt,
                        Actor = note.Actor,
                        Changes = note.Changes?.Select(change => new ChangedValue(change.Field, change.Before, change.After)).ToList(),
                    },
        };
    }

    static TimelineEntry Sent(JournalEntry entry, SentMessage sent) =>
        new()
        {
            At = entry.At,
            Kind = TimelineKinds.Sent,
            Text =
                sent.Type == DeadLetter ? "Put a copy into the dead letters"
                : Exchanges.TryGetValue(sent.Type, out var exchange) ? $"Published {exchange}"
                : $"Sent {sent.Type}",
            RefundId = entry.Part,
            MessageType = sent.Type,
            MessageId = sent.MessageId,
        };

    static TimelineEntry Of(AuditRecord act) =>
        new()
        {
            At = act.At,
            Kind = TimelineKinds.Act,
            Text = $"{act.Actor} ({act.Role}): {act.Act}{(act.Reason is null ? "" : $": {act.Reason}")}",
            RefundId = act.Subject.StartsWith("refund ", StringComparison.Ordinal) ? act.Subject["refund ".Length..] : null,
            Details = new TimelineDetails { Actor = act.Actor, Reason = act.Reason },
        };

    static IEnumerable<TimelineEntry> Of(DeadLetter letter, IReadOnlyList<DeadLetterFailure> failures)
    {
        foreach (var failure in failures)
            yield return OfLetter(
                letter,
                failure.At,
                $"{letter.MessageType ?? "A message"} given up in {letter.Endpoint}: {failure.Reason}"
            );
        var since = letter.State switch
        {
            DeadLetterStates.Replaying => "A replay has it",
            DeadLetterStates.Replayed => "Sent again, and did not come back",
            DeadLetterStates.Edited => "Another message was sent in its place",
            DeadLetterStates.Discarded => "Discarded",
            _ => null,
        };
        if (since is not null)
            yield return OfLetter(
                letter,
                letter.StateSince,
                $"{since}{(letter.StateBy is null ? "" : $", by {letter.StateBy}")}"
                    + (letter.StateReason is null ? "" : $": {letter.StateReason}")
            );
    }

    static TimelineEntry OfLetter(DeadLetter letter, DateTimeOffset at, string text) =>
        new()
        {
            At = at,
            Kind = TimelineKinds.DeadLetter,
            Text = text,
            RefundId = letter.RefundId,
            MessageType = letter.MessageType,
            Details = new TimelineDetails { DeadLetterId = letter.Id },
        };

    static TimelineEntry Of(WaitingMessage message)
    {
        var (type, destination) = (StoredNames.TypeOf(message.MessageType), StoredNames.DestinationOf(message.Destination));
        var tries = message.Attempts == 0 ? "" : $", {message.Attempts} {(message.Attempts == 1 ? "try" : "tries")} so far";
        return new TimelineEntry
        {
            At = message.CreatedAt,
            Kind = TimelineKinds.Waiting,
            Text =
                message.ParkedAt is not null ? $"Parked, never reached the broker: {type} to {destination}{tries}"
                : message.Scheduled ? $"Scheduled: {type} to {destination}{tries}"
                : $"Stored and not yet confirmed by the broker: {type} to {destination}{tries}",
            RefundId = message.RefundId,
            MessageType = type,
            MessageId = message.MessageId,
            Details = new TimelineDetails
            {
                Destination = destination,
                DueAt = message.DueAt,
                Attempts = message.Attempts,
                ParkedAt = message.ParkedAt,
                LastFault = message.LastFault,
            },
        };
    }

    // What the outbox calls a copy of the delivered message; it has no record of its own.
    const string DeadLetter = "DeadLetter";

    static string Miles(StoredNote note) => note.Miles == 1 ? "1 mile" : $"{note.Miles} miles";

    static string NameOf(string? operation) =>
        operation switch
        {
            "post-event" => "POST/EVENT",
            "reverse-event" => "REVERSE/EVENT",
            _ => operation ?? "The call",
        };
}

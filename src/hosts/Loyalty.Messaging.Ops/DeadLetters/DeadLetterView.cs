using System.Text.Json;
using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>A dead letter with everything that may be shown of it.</summary>
internal sealed record DeadLetterView
{
    const int LongestBody = 64 * 1024;

    public required Guid Id { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset StateSince { get; init; }
    public string? StateBy { get; init; }
    public string? StateReason { get; init; }
    public required string Kind { get; init; }

    /// <summary>Who must act: <c>commerce</c>, <c>issuer</c>, <c>us</c> or <c>configuration</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Action { get; init; }
    public required string Endpoint { get; init; }
    public string? Exchange { get; init; }
    public string? MessageType { get; init; }
    public string? MessageId { get; init; }
    public string? ContentType { get; init; }
    public required string Reason { get; init; }
    public string? Exception { get; init; }
    public required Guid Group { get; init; }
    public string? OrderId { get; init; }
    public string? RefundId { get; init; }

    /// <summary>Indented where it is JSON; collector numbers masked.</summary>
    public required string Body { get; init; }
    public required int BodyBytes { get; init; }

    /// <summary>As they came; collector numbers masked.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Each time it was given up, the oldest first.</summary>
    public required IReadOnlyList<FailureView> Failures { get; init; }
    public required int Replays { get; init; }
    public Guid? JobId { get; init; }
    public Guid? EditedFrom { get; init; }
    public Guid? EditedTo { get; init; }
    public required bool Editable { get; init; }

    /// <summary>What sending it again would do, and whether the issuer has confirmed its order already.</summary>
    public required Effect Effect { get; init; }
    public int? Miles { get; init; }
    public required string Forecast { get; init; }

    /// <summary>When it is deleted; absent while it is open.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    public static DeadLetterView Of(DeadLetter letter, IReadOnlyList<DeadLetterFailure> failures, Forecast forecast, Retention retention) =>
        new()
        {
            Id = letter.Id,
            State = letter.State,
            StateSince = letter.StateSince,
            StateBy = letter.StateBy,
            StateReason = letter.StateReason,
            Kind = letter.Kind,
            Owner = letter.Owner,
            Action = Cause.ActionFor(letter.Kind, letter.Owner),
            Endpoint = letter.Endpoint,
            Exchange = letter.Exchange,
            MessageType = letter.MessageType,
            MessageId = letter.MessageId,
            ContentType = letter.ContentType,
            Reason = letter.Reason,
            Exception = letter.Exception,
            Group = letter.Fingerprint,
            OrderId = letter.OrderId,
            RefundId = letter.RefundId,
            Body = ShownBody.Of(letter.Body, LongestBody),
            BodyBytes = letter.Body.Length,
            Headers = Shown(letter.Headers),
            Failures = [.. failures.Select(failure => new FailureView(failure.At, failure.Kind, failure.Reason, failure.Exception))],
            Replays = letter.Replays,
            JobId = letter.JobId,
            EditedFrom = letter.EditedFrom,
            EditedTo = letter.EditedTo,
            Editable = Edits.IsEditable(letter),
            Effect = forecast.Effect,
            Miles = forecast.Miles,
            Forecast = forecast.Sentence,
            DeletedAt = letter.State is DeadLetterStates.Open or DeadLetterStates.Replaying ? null : letter.StateSince + retention.KeptFor,
        };

    static Dictionary<string, string> Shown(string headers) =>
        JsonSerializer
            .Deserialize<Dictionary<string, JsonElement>>(headers)!
            .ToDictionary(
                header => header.Key,
                header =>
                    CollectorMask.Of(header.Value.ValueKind == JsonValueKind.String ? header.Value.GetString()! : header.Value.GetRawText())
            );
}

/// <summary>One time that it was given up.</summary>
internal sealed record FailureView(DateTimeOffset At, string Kind, string Reason, string? Exception);

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>To the issuer queue of the collector: make this call. Key and bytes are frozen; every redelivery sends the same.</summary>
public sealed record IssueMiles
{
    public required string OrderId { get; init; }

    /// <summary>Keeps one collector's calls in line; shown nowhere.</summary>
    public required string CollectorNumber { get; init; }
    public required int Revision { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public required byte[] Body { get; init; }
}

/// <summary>From the issuer queue: the call was accepted (200 or 202).</summary>
public sealed record IssueConfirmed : IConfirmed
{
    public required string OrderId { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public required bool Pending { get; init; }
    public string? TransactionId { get; init; }
    public required IReadOnlyList<IssuanceStatus> Issuances { get; init; }
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }

    internal static IssueConfirmed Of(IssueMiles command, CallOutcome.Accepted yes, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            Pending = yes.Pending,
            TransactionId = yes.TransactionId,
            Issuances = yes.Issuances,
            Attempts = result.Attempts,
        };
}

/// <summary>From the issuer queue: the issuer's final no.</summary>
public sealed record IssueRejected : IRejected
{
    public required string OrderId { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public string? ResponseCode { get; init; }
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public bool EffectUnknown { get; init; }
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }

    internal static IssueRejected Of(IssueMiles command, CallOutcome.Rejected no, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            ResponseCode = no.ResponseCode,
            Reason = no.Reason,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

/// <summary>From the issuer queue: the tries in the call are used up and nobody knows whether it took effect.</summary>
public sealed record IssueUnresolved : IUnresolved
{
    public required string OrderId { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public required string Reason { get; init; }

    /// <summary>True when the issuer is down and the call was put off: it counts as no try.</summary>
    public bool Postponed { get; init; }

    /// <summary>How long the issuer asked us to wait, when it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <inheritdoc/>
    /// <remarks>A worker of an earlier version does not say it.</remarks>
    public bool EffectUnknown { get; init; } = true;
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }

    internal static IssueUnresolved Of(IssueMiles command, Unanswered unanswered, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            Reason = unanswered.Reason,
            Postponed = unanswered.Postponed,
            RetryAfter = unanswered.RetryAfter,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

/// <summary>From a reversal: how many of the order's miles may this refund take back?</summary>
public sealed record ClaimReversal
{
    public required string OrderId { get; init; }
    public required RefundRequest Refund { get; init; }

    /// <summary>0 for the first, one more for every correction of the refund.</summary>
    public int Number { get; init; }
}

/// <summary>From a reversal: the granted miles were not taken back; they are the order's again.</summary>
public sealed record GiveBackReversal
{
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }

    /// <summary>Which claim is given back; a later one stands.</summary>
    public int Number { get; init; }
}

/// <summary>From a reversal: the issuer has confirmed it after its miles had been given back.</summary>
public sealed record TakeReversalAgain
{
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }
    public required int Number { get; init; }
    public required IReadOnlyList<OfferMiles> Offers { get; init; }
}

/// <summary>From the watch over calls: this one has had no answer for so long that it may be lost.</summary>
public sealed record IssuanceCallLost
{
    public required string OrderId { get; init; }
    public required Guid IdempotencyKey { get; init; }
}

/// <summary>From ourselves, at the time that was set: the next try, the next question, or a look at what waits.</summary>
public sealed record IssuanceTimer
{
    public required string OrderId { get; init; }
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>From the order's ledger: these miles are set aside for the refund; an empty list means that nothing has to come back.</summary>
public sealed record ReversalGranted
{
    public required string RefundId { get; init; }
    public required IReadOnlyList<OfferMiles> Offers { get; init; }
    public required string CollectorNumber { get; init; }
    public required string SponsorCode { get; init; }
    public required string LocationCode { get; init; }
    public string? DeviceId { get; init; }

    /// <summary>Which of the refund's claims is granted.</summary>
    public int Number { get; init; }

    /// <summary>The clientTransactionId under which the issuer accepted the order.</summary>
    public required string OriginalClientTransactionId { get; init; }
}

/// <summary>From the order's ledger: nothing was issued.</summary>
public sealed record ReversalNotNeeded
{
    public required string RefundId { get; init; }

    /// <summary>Which of the refund's claims is answered; null from a worker of an earlier version.</summary>
    public int? Number { get; init; }
    public required string Reason { get; init; }
}

/// <summary>From the order's ledger: the refund does not fit the order (an unknown line, more than was bought).</summary>
public sealed record ReversalRefused
{
    public required string RefundId { get; init; }

    /// <summary>Which of the refund's claims is answered; null from a worker of an earlier version.</summary>
    public int? Number { get; init; }
    public required string Reason { get; init; }
}

/// <summary>To the issuer queue of the collector: make this call. Key and bytes are frozen.</summary>
public sealed record ReverseMiles
{
    public required string RefundId { get; init; }
    public required string CollectorNumber { get; init; }
    public required int Revision { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public required byte[] Body { get; init; }
}

/// <summary>From the issuer queue: the reversal was accepted (200 or 202).</summary>
public sealed record ReverseConfirmed : IConfirmed
{
    public required string RefundId { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public required bool Pending { get; init; }
    public string? TransactionId { get; init; }
    public required IReadOnlyList<IssuanceStatus> Issuances { get; init; }
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }

    internal static ReverseConfirmed Of(ReverseMiles command, CallOutcome.Accepted yes, CallResult result) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            Pending = yes.Pending,
            TransactionId = yes.TransactionId,
            Issuances = yes.Issuances,
            Attempts = result.Attempts,
        };
}

/// <summary>From the issuer queue: the issuer's final no.</summary>
public sealed record ReverseRejected : IRejected
{
    public required string RefundId { get; init; }
    public required Guid IdempotencyKey { get; init; }
    public string? ResponseCode { get; init; }
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public bool EffectUnknown { get; init; }
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }

    internal static ReverseRejected Of(ReverseMiles command, CallOutcome.Rejected no, CallResult result) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            ResponseCode = no.ResponseCode,
            Reason = no.Reason,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

/// <summary>From the issuer queue: the tries in the call are used up and nobody knows whether it took effect.</summary>
public sealed record ReverseUnresolved : IUnresolved
{
    public required string RefundId { get; init; }
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

    internal static ReverseUnresolved Of(ReverseMiles command, Unanswered unanswered, CallResult result) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            Reason = unanswered.Reason,
            Postponed = unanswered.Postponed,
            RetryAfter = unanswered.RetryAfter,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

/// <summary>From the order's ledger: the refund has waited for its order longer than expected.</summary>
public sealed record ReversalOverdue
{
    public required string RefundId { get; init; }
    public required string Reason { get; init; }
}

/// <summary>From the watch over calls: this one has had no answer for so long that it may be lost.</summary>
public sealed record ReversalCallLost
{
    public required string RefundId { get; init; }
    public required Guid IdempotencyKey { get; init; }
}

/// <summary>From ourselves, at the time that was set: the next try or the next question.</summary>
public sealed record ReversalTimer
{
    public required string RefundId { get; init; }
}

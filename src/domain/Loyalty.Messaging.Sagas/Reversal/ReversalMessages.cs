using System.Diagnostics.CodeAnalysis;
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

/// <inheritdoc/>
public sealed record ReverseConfirmed : CallConfirmed
{
    /// <inheritdoc/>
    public ReverseConfirmed() { }

    [SetsRequiredMembers]
    internal ReverseConfirmed(ReverseMiles command, CallOutcome.Accepted yes, CallResult result)
        : base(command.IdempotencyKey, yes, result) => RefundId = command.RefundId;

    public required string RefundId { get; init; }
}

/// <inheritdoc/>
public sealed record ReverseRejected : CallRejected
{
    /// <inheritdoc/>
    public ReverseRejected() { }

    [SetsRequiredMembers]
    internal ReverseRejected(ReverseMiles command, CallOutcome.Rejected no, CallResult result)
        : base(command.IdempotencyKey, no, result) => RefundId = command.RefundId;

    public required string RefundId { get; init; }
}

/// <inheritdoc/>
public sealed record ReverseUnresolved : CallUnresolved
{
    /// <inheritdoc/>
    public ReverseUnresolved() { }

    [SetsRequiredMembers]
    internal ReverseUnresolved(ReverseMiles command, Unanswered unanswered, CallResult result)
        : base(command.IdempotencyKey, unanswered, result) => RefundId = command.RefundId;

    public required string RefundId { get; init; }
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

/// <summary>From ourselves, at the time that was set: the next try or the next check.</summary>
public sealed record ReversalTimer
{
    public required string RefundId { get; init; }
}

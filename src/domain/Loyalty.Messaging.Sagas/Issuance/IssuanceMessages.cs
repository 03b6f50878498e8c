using System.Diagnostics.CodeAnalysis;
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

/// <inheritdoc/>
public sealed record IssueConfirmed : CallConfirmed
{
    /// <inheritdoc/>
    public IssueConfirmed() { }

    [SetsRequiredMembers]
    internal IssueConfirmed(IssueMiles command, CallOutcome.Accepted yes, CallResult result)
        : base(command.IdempotencyKey, yes, result) => OrderId = command.OrderId;

    public required string OrderId { get; init; }
}

/// <inheritdoc/>
public sealed record IssueRejected : CallRejected
{
    /// <inheritdoc/>
    public IssueRejected() { }

    [SetsRequiredMembers]
    internal IssueRejected(IssueMiles command, CallOutcome.Rejected no, CallResult result)
        : base(command.IdempotencyKey, no, result) => OrderId = command.OrderId;

    public required string OrderId { get; init; }
}

/// <inheritdoc/>
public sealed record IssueUnresolved : CallUnresolved
{
    /// <inheritdoc/>
    public IssueUnresolved() { }

    [SetsRequiredMembers]
    internal IssueUnresolved(IssueMiles command, Unanswered unanswered, CallResult result)
        : base(command.IdempotencyKey, unanswered, result) => OrderId = command.OrderId;

    public required string OrderId { get; init; }
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

/// <summary>From ourselves, at the time that was set: the next try, the next check, or a look at what waits.</summary>
public sealed record IssuanceTimer
{
    public required string OrderId { get; init; }
}

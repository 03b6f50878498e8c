using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>Send the same call again, now: the same key, the same bytes.</summary>
public sealed record RetryReversal : Decision
{
    public required string RefundId { get; init; }

    /// <summary>Also when the issuer may have forgotten the call's key, and would take it for another one.</summary>
    public bool EvenIfForgotten { get; init; }
}

/// <summary>Claim a rejected refund's miles again and make a new revision of its call. What is null stays as it was.</summary>
public sealed record CorrectReversal : Decision, ICorrection
{
    public required string RefundId { get; init; }

    /// <summary>11 digits, the first an 8.</summary>
    public string? CollectorNumber { get; init; }
    public string? LocationCode { get; init; }
    public string? DeviceId { get; init; }

    /// <summary>
    /// The miles to take back per offer, in place of what follows from the refunded lines. Never more than is left of the order.
    /// </summary>
    public IReadOnlyList<OfferMiles>? Offers { get; init; }
    public IReadOnlyDictionary<string, string>? Context { get; init; }
}

/// <summary>Take nothing back for this refund; miles that were set aside for it are the order's again.</summary>
public sealed record CancelReversal : Decision, ICancellation
{
    public required string RefundId { get; init; }

    /// <inheritdoc/>
    public bool NoEffect { get; init; }
}

/// <summary>What a correction has changed of a reversal's call.</summary>
public sealed record ReversalCorrection(
    string? CollectorNumber,
    string? LocationCode,
    string? DeviceId,
    IReadOnlyDictionary<string, string>? Context
);

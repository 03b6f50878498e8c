using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>Send the same call again, now: the same key, the same bytes.</summary>
public sealed record RetryIssuance : Decision
{
    public required string OrderId { get; init; }

    /// <summary>Also when the issuer may have forgotten the call's key, and would take it for another one.</summary>
    public bool EvenIfForgotten { get; init; }
}

/// <summary>Issue the miles of an order that is held, as they are.</summary>
public sealed record ApproveIssuance : Decision
{
    public required string OrderId { get; init; }
}

/// <summary>
/// Make a new revision of a rejected call: the same clientTransactionId, a new key, a new body. What is null stays as it was.
/// </summary>
public sealed record CorrectIssuance : Decision, ICorrection
{
    public required string OrderId { get; init; }

    /// <summary>11 digits, the first an 8.</summary>
    public string? CollectorNumber { get; init; }
    public string? LocationCode { get; init; }
    public string? DeviceId { get; init; }

    /// <summary>All offers of the order, each above 0 miles, in place of those it had.</summary>
    public IReadOnlyList<OfferMiles>? Offers { get; init; }
    public IReadOnlyDictionary<string, string>? Context { get; init; }
}

/// <summary>No miles for this order, whatever it says. Refunds of it have nothing to take back.</summary>
public sealed record CancelIssuance : Decision, ICancellation
{
    public required string OrderId { get; init; }

    /// <inheritdoc/>
    public bool NoEffect { get; init; }
}

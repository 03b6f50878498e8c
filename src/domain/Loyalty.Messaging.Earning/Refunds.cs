namespace Loyalty.Messaging.Earning;

/// <summary>What comes back of one line.</summary>
/// <param name="LineId">Line of the order.</param>
/// <param name="Quantity">How many come back, 0 or more; absent when only money does, or, with no amount either, for the rest of the
/// line.</param>
/// <param name="Amount">Net amount before tax that comes back; absent means in proportion to the quantity.</param>
public sealed record RefundedLine(string LineId, decimal? Quantity, decimal? Amount);

/// <summary>One refund: exactly one of everything, some lines, or miles that commerce calculated itself.</summary>
/// <param name="RefundId">Identity of the refund, for ever.</param>
/// <param name="Full">The whole rest of the order comes back.</param>
/// <param name="Lines">The lines that come back, else empty.</param>
/// <param name="Miles">Miles to take back per offer, else empty.</param>
public sealed record RefundRequest(string RefundId, bool Full, IReadOnlyList<RefundedLine> Lines, IReadOnlyList<OfferMiles> Miles);

/// <summary>A refund together with the miles that were granted to it.</summary>
/// <param name="Refund">The refund as it was asked for.</param>
/// <param name="Miles">What it takes back, per offer; may be empty.</param>
public sealed record ReversalGrant(RefundRequest Refund, IReadOnlyList<OfferMiles> Miles);

/// <summary>What was issued for an order and how it came about, as frozen with the order.</summary>
public sealed record IssuedMiles
{
    /// <summary>The basket; without lines when commerce sent none.</summary>
    public required Basket Basket { get; init; }

    /// <summary>The rules that were in force; null when commerce calculated the miles itself.</summary>
    public EarnRules? Rules { get; init; }

    /// <summary>The issued miles. Entries of one offer are added up.</summary>
    public required IReadOnlyList<OfferMiles> Offers { get; init; }
}

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Commerce: something of an order came back. Published to <see cref="WireNames.OrderRefunded"/>; <see cref="RefundId"/> is its business
/// key, for ever.
/// Exactly one of <see cref="Lines"/>, <see cref="Full"/> and <see cref="Issuances"/> says what.
/// </summary>
public sealed record OrderRefunded
{
    public string? EventId { get; init; }

    /// <summary>Business key: 1 to 64 of letters, digits and <c>. _ : / -</c>, but not <c>.</c> or <c>..</c> alone.</summary>
    public required string RefundId { get; init; }

    /// <summary>The order it refunds; may be published before the order itself.</summary>
    public required string OrderId { get; init; }

    /// <summary>
    /// When it was refunded, with its offset; for people. The reversal's transaction day is that of the call to the issuer.
    /// </summary>
    public required DateTimeOffset RefundedAt { get; init; }

    public IReadOnlyList<OrderRefundedLine> Lines { get; init; } = [];

    /// <summary>Everything that is still there comes back.</summary>
    public bool Full { get; init; }

    /// <summary>The miles to take back, per offer, as commerce calculated them.</summary>
    public IReadOnlyList<OfferIssuance> Issuances { get; init; } = [];

    /// <summary>For people; at most 256 characters, not sent to the issuer.</summary>
    public string? Reason { get; init; }
}

/// <summary>A line that came back, in whole or in part. Without quantity and amount the rest of the line comes back.</summary>
public sealed record OrderRefundedLine
{
    public required string LineId { get; init; }

    /// <summary>Above 0. Absent with an amount: a price reduction, the goods stay.</summary>
    public decimal? Quantity { get; init; }

    /// <summary>Net amount before tax, 0 to 10,000,000. Absent with a quantity: in proportion.</summary>
    public decimal? Amount { get; init; }
}

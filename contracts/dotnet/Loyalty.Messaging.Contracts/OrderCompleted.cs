namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Commerce: an order is paid and final. Published to <see cref="WireNames.OrderCompleted"/>; <see cref="OrderId"/> is its business key,
/// for ever.
/// </summary>
public sealed record OrderCompleted
{
    /// <summary>Identifies this publication; a repeated one carries the same. At most 64 characters.</summary>
    public string? EventId { get; init; }

    /// <summary>Business key: 1 to 64 of letters, digits and <c>. _ : / -</c>, but not <c>.</c> or <c>..</c> alone.</summary>
    public required string OrderId { get; init; }

    /// <summary>The Collector's AIR MILES number: 11 digits, the first one 8 (issuer: POST/EVENT page).</summary>
    public required string CollectorNumber { get; init; }

    /// <summary>
    /// When the order was completed, with its offset; decides which bonuses it earns. Its transaction day is that of the call to the
    /// issuer.
    /// </summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>The partner's code at the issuer; absent means the configured default.</summary>
    public string? SponsorCode { get; init; }

    /// <summary>The store as the issuer knows it, leading zeros kept: 1 to 8 letters or digits.</summary>
    public required string LocationCode { get; init; }

    /// <summary>POS terminal, at most 64 characters.</summary>
    public string? DeviceId { get; init; }

    /// <summary>ISO 4217 code of the amounts.</summary>
    public string? Currency { get; init; }

    /// <summary>What was bought; required unless <see cref="Issuances"/> is given.</summary>
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];

    /// <summary>The miles as commerce calculated them; when given, our earn rules are not applied.</summary>
    public IReadOnlyList<OfferIssuance> Issuances { get; init; } = [];

    /// <summary>All coupon codes applied to the bill; at most 100.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>Notes passed on to the issuer: at most 50 entries, keys up to 64 and values up to 1,024 characters.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();
}

/// <summary>One line of an order.</summary>
public sealed record OrderLine
{
    /// <summary>Unique in the order; refunds name it.</summary>
    public required string LineId { get; init; }
    public string? Sku { get; init; }
    public string? Category { get; init; }

    /// <summary>Above 0; decimal, because some goods are weighed.</summary>
    public required decimal Quantity { get; init; }

    /// <summary>Net amount of the whole line before tax, 0 to 10,000,000.</summary>
    public required decimal Amount { get; init; }
}

/// <summary>
/// Miles of one offer, as commerce calculated them or wants them taken back. An offer is known by its code and id together.
/// </summary>
public sealed record OfferIssuance
{
    /// <summary>The issuer's offer code, for example <c>STANDARD</c>.</summary>
    public required string IssuanceOfferCode { get; init; }

    /// <summary>Whole miles, 1 to 10,000,000.</summary>
    public required int MilesAmount { get; init; }

    /// <summary>The issuer's offer id; a JSON number is accepted as well as a string.</summary>
    public string? OfferId { get; init; }
    public string? OfferDescription { get; init; }

    /// <summary>The lines that earned these miles; absent means all of them. Used when lines are refunded.</summary>
    public IReadOnlyList<string>? LineIds { get; init; }
}

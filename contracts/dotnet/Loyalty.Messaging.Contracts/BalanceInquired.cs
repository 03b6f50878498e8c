namespace Loyalty.Messaging.Contracts;

/// <summary>What a Collector has and may redeem. What may not be shown or offered is not in here, whatever the issuer sent.</summary>
public sealed record BalanceInquired
{
    /// <summary>The last four digits of the collector number; never more.</summary>
    public required string CollectorLast4 { get; init; }

    /// <summary>The issuer's code: 0000, 0001, 0005, 0006 or 0051.</summary>
    public required string ResponseCode { get; init; }

    /// <summary>What the code means.</summary>
    public required string Meaning { get; init; }

    /// <summary>The issuer's message, in the language that was asked for.</summary>
    public string? Message { get; init; }

    /// <summary>What may be shown and offered.</summary>
    public required DisplayRules Display { get; init; }

    /// <summary>AIR MILES Cash, in miles. Absent unless balancesOnReceipt.</summary>
    public int? CashBalance { get; init; }

    /// <summary>AIR MILES Dream, in miles. Absent unless balancesOnReceipt.</summary>
    public int? DreamBalance { get; init; }

    /// <summary>Cash miles that may still be redeemed today. Absent unless balancesOnReceipt.</summary>
    public int? AvailableCashBalance { get; init; }

    /// <summary>The same in dollars. Absent unless balancesOnReceipt.</summary>
    public decimal? AvailableDollarAmount { get; init; }

    /// <summary>What may be redeemed in this basket; there exactly when offerRedemption.</summary>
    public RedemptionOffer? Offer { get; init; }

    /// <summary>The 12 digits by which the issuer finds the inquiry.</summary>
    public required string TraceId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

/// <summary>What the issuer allows to show and to offer.</summary>
public sealed record DisplayRules
{
    /// <summary>Nothing may be shown, nothing offered.</summary>
    public static DisplayRules None { get; } =
        new()
        {
            BalancesOnReceipt = false,
            BalancesOnTerminal = false,
            OfferRedemption = false,
        };

    /// <summary>Balances may be printed on the receipt.</summary>
    public required bool BalancesOnReceipt { get; init; }

    /// <summary>Always false: balances are never shown on the POS terminal.</summary>
    public required bool BalancesOnTerminal { get; init; }

    /// <summary>The terminal may ask whether to redeem.</summary>
    public required bool OfferRedemption { get; init; }
}

/// <summary>An AM Cash offer for this basket.</summary>
public sealed record RedemptionOffer
{
    /// <summary>Units that may be redeemed in this basket; 1 or more.</summary>
    public required int AvailableUnits { get; init; }

    /// <summary>Most units a Collector may redeem in a day.</summary>
    public int? DailyUnits { get; init; }

    /// <summary>Cash miles of one unit.</summary>
    public int? UnitMiles { get; init; }

    /// <summary>Dollars of one unit.</summary>
    public decimal? UnitDollars { get; init; }

    /// <summary>The issuer's id of the offer.</summary>
    public string? OfferId { get; init; }

    /// <summary><c>RGL</c> (regular) or <c>SPL</c> (special).</summary>
    public string? OfferType { get; init; }
    public string? DescriptionEn { get; init; }
    public string? DescriptionFr { get; init; }
}

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>What became of an INQUIRE. What may not be shown or offered is not in it, whatever the issuer sent.</summary>
/// <param name="At">When it was asked.</param>
/// <param name="Duration">Until the last answer, the repetition included.</param>
/// <param name="Verdict">What the answer means.</param>
/// <param name="Exchange">What was exchanged.</param>
/// <param name="Balances">Null unless they may be shown and the issuer sent any.</param>
/// <param name="Offer">Null unless a redemption may be offered now.</param>
public sealed record InquiryResult(
    DateTimeOffset At,
    TimeSpan Duration,
    AmCashVerdict Verdict,
    AmCashExchange Exchange,
    CashBalances? Balances,
    CashOffer? Offer
);

/// <summary>A collector's balances; each may be absent.</summary>
/// <param name="Cash">AIR MILES Cash, miles.</param>
/// <param name="Dream">AIR MILES Dream, miles.</param>
/// <param name="AvailableCash">What of the cash miles may still be redeemed today.</param>
/// <param name="AvailableDollars">The same in dollars.</param>
public sealed record CashBalances(int? Cash, int? Dream, int? AvailableCash, decimal? AvailableDollars);

/// <summary>What may be redeemed in this basket.</summary>
/// <param name="Units">How many units; 1 or more.</param>
/// <param name="DailyUnits">Most units per day.</param>
/// <param name="UnitMiles">Cash miles of one unit.</param>
/// <param name="UnitDollars">Dollars of one unit.</param>
/// <param name="OfferId">The issuer's id of the offer.</param>
/// <param name="OfferType"><c>RGL</c> (regular) or <c>SPL</c> (special).</param>
/// <param name="DescriptionEn">In English.</param>
/// <param name="DescriptionFr">In French.</param>
public sealed record CashOffer(
    int Units,
    int? DailyUnits,
    int? UnitMiles,
    decimal? UnitDollars,
    string? OfferId,
    string? OfferType,
    string? DescriptionEn,
    string? DescriptionFr
);

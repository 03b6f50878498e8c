namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>What an answer comes down to.</summary>
public enum AmCashOutcome
{
    /// <summary>The issuer answered what was asked.</summary>
    Answered,

    /// <summary>A no about the collector or the card; asking again brings the same.</summary>
    Refused,

    /// <summary>The request, or our configuration, is wrong.</summary>
    Invalid,

    /// <summary>Not now; later, and not immediately.</summary>
    Later,

    /// <summary>A scheduled outage: nothing may be sent.</summary>
    Outage,

    /// <summary>No usable answer, not even after the one documented repetition.</summary>
    Unavailable,

    /// <summary>No token, or the issuer does not let us in with it.</summary>
    Unauthorized,

    /// <summary>An answer that the issuer does not document.</summary>
    Undocumented,
}

/// <summary>Who has to act.</summary>
public enum AmCashActor
{
    Nobody,

    /// <summary>The collector: airmiles.ca, or AIR MILES' call centre.</summary>
    Collector,

    /// <summary>Whoever asked: ask again later, or with a right request.</summary>
    Caller,

    /// <summary>Our operators: configuration or credentials.</summary>
    Operator,

    /// <summary>Our operators, by AIR MILES' escalation guide.</summary>
    Escalation,
}

/// <summary>What a response code means, and what follows from it.</summary>
/// <param name="Code">The issuer's four digits; null when there was none to read.</param>
/// <param name="Meaning">In our words; the issuer's own may differ and come with the answer.</param>
/// <param name="Outcome">What it comes down to.</param>
/// <param name="Actor">Who has to act.</param>
public sealed record AmCashVerdict(string? Code, string Meaning, AmCashOutcome Outcome, AmCashActor Actor)
{
    /// <summary>The request is to be repeated one time, and then no more.</summary>
    public bool RetryOnce { get; init; }

    /// <summary>Balances may stand on the receipt. On the POS terminal they may never.</summary>
    public bool ShowBalances { get; init; }

    /// <summary>A redemption may be offered, if the answer holds an offer.</summary>
    public bool OfferRedemption { get; init; }

    /// <summary>A documented answer to ECHO; every one of them is one to INQUIRE.</summary>
    public bool OnEcho { get; init; }
}

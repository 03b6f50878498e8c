using System.Collections.Frozen;

namespace Loyalty.Messaging.Simulator;

/// <summary>What happens to a transaction that arrives again under a second key. It is a breach in both worlds.</summary>
internal enum SecondKey
{
    /// <summary>The issuer recognises the clientTransactionId and refuses.</summary>
    Refuse,

    /// <summary>The issuer knows only keys: the effect happens twice.</summary>
    Apply,
}

/// <summary>Section <c>Simulator</c> of the configuration; every key has a default.</summary>
internal sealed class SimulatorOptions
{
    /// <summary>Where to listen.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    /// <summary>The only client the token endpoint knows.</summary>
    public string ClientId { get; init; } = "partner";

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; init; } = "secret-of-the-simulator";

    /// <summary>How long a token is good.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after its expiry a token may still be presented without being a breach.</summary>
    public TimeSpan ExpiredTokenGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after its first refusal a revoked token may still be presented: other calls were under way with it.</summary>
    public TimeSpan RevokedTokenGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for the end of an abandoned call of the same collector to become visible.</summary>
    public TimeSpan AbortGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Sponsor codes the client is entitled to.</summary>
    public string[] SponsorCodes { get; init; } = [];

    /// <summary>Offer codes agreed with the issuer; none configured means any.</summary>
    public string[] IssuanceOfferCodes { get; init; } = [];

    /// <summary>Collectors the issuer refuses as a matter of business.</summary>
    public string[] RejectedCollectors { get; init; } = [];

    /// <summary>Whether a reversal must name its original; the issuer's page leaves it optional.</summary>
    public bool OriginalRequired { get; init; } = true;

    /// <summary>The status of an issuance that is done; the issuer's pages show only PENDING.</summary>
    public string SettledStatus { get; init; } = "COMPLETED";

    /// <summary>Answers carry offerId as a number instead of the documented string.</summary>
    public bool NumericOfferIds { get; init; }

    /// <summary>What a second key for a known transaction does.</summary>
    public SecondKey SecondKey { get; init; } = SecondKey.Refuse;

    /// <summary>Every collector's cash balance, in miles.</summary>
    public int CashBalance { get; init; } = 120;

    /// <summary>Every collector's dream balance, in miles.</summary>
    public int DreamBalance { get; init; } = 545;

    /// <summary>How many units a collector may redeem a day.</summary>
    public int DailyOfferLimit { get; init; } = 10;

    public FrozenSet<string> Sponsors => field ??= Or(SponsorCodes, "KENY");

    public FrozenSet<string> Rejected => field ??= Or(RejectedCollectors, "80000000001");

    public FrozenSet<string> OfferCodes => field ??= IssuanceOfferCodes.ToFrozenSet(StringComparer.Ordinal);

    public static SimulatorOptions From(IConfiguration configuration) =>
        configuration.GetSection("Simulator").Get<SimulatorOptions>() ?? new SimulatorOptions();

    // A default inside the array itself would survive beside the configured values: the binder appends.
    static FrozenSet<string> Or(string[] configured, string fallback) =>
        (configured.Length > 0 ? configured : [fallback]).ToFrozenSet(StringComparer.Ordinal);
}

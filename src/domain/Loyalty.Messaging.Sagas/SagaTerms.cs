using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Plausibility;

namespace Loyalty.Messaging.Sagas;

/// <summary>The configured terms under which orders are turned into calls.</summary>
public sealed record SagaTerms
{
    public required EarnRules Rules { get; init; }

    /// <summary>ISO 4217 code of the currency the rules are written for.</summary>
    public string Currency { get; init; } = "CAD";

    /// <summary>For orders that name no sponsor.</summary>
    public required string SponsorCode { get; init; }

    /// <summary>Further codes that orders may name.</summary>
    public IReadOnlyList<string> SponsorCodes { get; init; } = [];

    /// <summary>Zone of the issuer's transaction day: decides on which day an order was completed.</summary>
    public TimeZoneInfo TransactionDayZone { get; init; } = TimeZoneInfo.FindSystemTimeZoneById("America/Toronto");

    /// <summary>What is done about a collector number whose check digit is wrong.</summary>
    public CollectorCheckDigit CollectorCheckDigit { get; init; } = CollectorCheckDigit.Warn;
    public OfferIdFormat OfferIdFormat { get; init; } = OfferIdFormat.Number;
    public required IssuerQueues Queues { get; init; }

    /// <summary>What a collector's orders are found by.</summary>
    public CollectorIndex Collectors { get; init; } = CollectorIndex.None;
    public SagaTiming Timing { get; init; } = new();

    /// <summary>Above what an order waits for a person.</summary>
    public PlausibilityLimits Plausibility { get; init; } = new();
    public CollectorDays CollectorDays { get; init; } = new();

    public required TimeProvider Time { get; init; }

    /// <summary>The issuer's transaction day of an instant, whatever the zone of this machine.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, TransactionDayZone).DateTime);

    /// <summary>Milliseconds, as the issuer's dates have; what is stored is what was sent.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = Time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        }
    }
}

using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>The issuer's transaction day, by the setting that the workers have too.</summary>
internal sealed class TransactionDays(TimeZoneInfo zone, TimeProvider time)
{
    const string Key = "AirMiles:TransactionDayZone";

    public TimeZoneInfo Zone => zone;

    public DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);

    /// <exception cref="ConfigurationMistakeException">There is no such zone.</exception>
    public static TimeZoneInfo ZoneOf(ConfigurationManager configuration)
    {
        var name = configuration[Key] is { Length: > 0 } configured ? configured : "America/Toronto";
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new ConfigurationMistakeException(
                "AirMiles__TransactionDayZone must be an IANA time zone, for example America/Toronto"
            );
    }
}

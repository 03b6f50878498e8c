using System.Globalization;
using Loyalty.Messaging.Sagas;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>The issuer's transaction day runs from midnight to midnight where the issuer is, not where we are.</summary>
public sealed class When_a_day_is_told
{
    [Theory]
    [InlineData("2026-01-15T23:59:59.999-05:00", "2026-01-15")]
    [InlineData("2026-01-16T00:00:00.000-05:00", "2026-01-16")]
    [InlineData("2026-07-15T23:59:59.999-04:00", "2026-07-15")]
    [InlineData("2026-07-16T00:00:00.000-04:00", "2026-07-16")]
    [InlineData("2026-12-31T23:59:59.999-05:00", "2026-12-31")]
    [InlineData("2027-01-01T00:00:00.000-05:00", "2027-01-01")]
    public void It_changes_at_midnight(string instant, string day) => Assert.Equal(Day(day), Toronto.DayOf(Instant(instant)));

    [Theory]
    // Clocks go from 02:00 -05:00 to 03:00 -04:00: the day has 23 hours.
    [InlineData("2026-03-08T04:59:59.999Z", "2026-03-07")]
    [InlineData("2026-03-08T05:00:00.000Z", "2026-03-08")]
    [InlineData("2026-03-08T06:59:59.999Z", "2026-03-08")]
    [InlineData("2026-03-08T07:00:00.000Z", "2026-03-08")]
    [InlineData("2026-03-09T03:59:59.999Z", "2026-03-08")]
    [InlineData("2026-03-09T04:00:00.000Z", "2026-03-09")]
    // And from 02:00 -04:00 back to 01:00 -05:00: the day has 25, one of them twice.
    [InlineData("2026-11-01T03:59:59.999Z", "2026-10-31")]
    [InlineData("2026-11-01T04:00:00.000Z", "2026-11-01")]
    [InlineData("2026-11-01T01:30:00.000-04:00", "2026-11-01")]
    [InlineData("2026-11-01T01:30:00.000-05:00", "2026-11-01")]
    [InlineData("2026-11-02T04:59:59.999Z", "2026-11-01")]
    [InlineData("2026-11-02T05:00:00.000Z", "2026-11-02")]
    public void It_has_23_or_25_hours_when_clocks_change(string instant, string day) =>
        Assert.Equal(Day(day), Toronto.DayOf(Instant(instant)));

    [Theory]
    [InlineData("2026-11-21T23:59:59.999-05:00", "2026-11-21")]
    [InlineData("2026-11-22T04:59:59.999Z", "2026-11-21")]
    [InlineData("2026-11-22T05:59:59.999+01:00", "2026-11-21")]
    [InlineData("2026-11-22T18:59:59.999+14:00", "2026-11-21")]
    [InlineData("2026-11-21T20:59:59.999-08:00", "2026-11-21")]
    [InlineData("2026-11-21T21:00:00.000-08:00", "2026-11-22")]
    public void The_offset_in_which_an_instant_is_written_does_not_matter(string instant, string day) =>
        Assert.Equal(Day(day), Toronto.DayOf(Instant(instant)));

    [Theory]
    [InlineData("America/Toronto", "2026-07-16T04:30:00Z", "2026-07-16")]
    // EST all the year, as the issuer's words may be taken.
    [InlineData("Etc/GMT+5", "2026-07-16T04:30:00Z", "2026-07-15")]
    [InlineData("Etc/GMT+5", "2026-07-16T05:00:00Z", "2026-07-16")]
    [InlineData("UTC", "2026-07-15T23:59:59.999Z", "2026-07-15")]
    [InlineData("UTC", "2026-07-16T00:00:00Z", "2026-07-16")]
    [InlineData("Asia/Tokyo", "2026-07-15T14:59:59.999Z", "2026-07-15")]
    [InlineData("Asia/Tokyo", "2026-07-15T15:00:00Z", "2026-07-16")]
    public void The_zone_is_the_configured_one(string zone, string instant, string day) =>
        Assert.Equal(Day(day), (Toronto with { TransactionDayZone = TimeZoneInfo.FindSystemTimeZoneById(zone) }).DayOf(Instant(instant)));

    internal static SagaTerms Toronto => SagaScenario.Terms;

    internal static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    internal static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Alone, because it moves this process to other zones.</summary>
[CollectionDefinition(nameof(When_the_host_is_elsewhere), DisableParallelization = true)]
[Collection(nameof(When_the_host_is_elsewhere))]
public sealed class When_the_host_is_elsewhere : IDisposable
{
    readonly string? _before = Environment.GetEnvironmentVariable("TZ");

    [Theory]
    [InlineData("Pacific/Kiritimati", 14)]
    [InlineData("Etc/GMT+12", -12)]
    [InlineData("UTC", 0)]
    public void The_day_is_the_same(string zone, int hours)
    {
        Move(zone);
        Assert.Equal(TimeSpan.FromHours(hours), TimeZoneInfo.Local.BaseUtcOffset);

        Assert.Equal(
            When_a_day_is_told.Day("2026-11-21"),
            When_a_day_is_told.Toronto.DayOf(When_a_day_is_told.Instant("2026-11-21T23:59:59.999-05:00"))
        );
        Assert.Equal(
            When_a_day_is_told.Day("2026-11-22"),
            When_a_day_is_told.Toronto.DayOf(When_a_day_is_told.Instant("2026-11-22T00:00:00.000-05:00"))
        );
    }

    public void Dispose() => Move(_before);

    static void Move(string? zone)
    {
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
    }
}

using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class IssuerDatesTests
{
    [Theory]
    [InlineData("2021-11-09T21:04:45.930Z", "2021-11-09T21:04:45.9300000+00:00")]
    [InlineData("2021-11-09T21:04:45Z", "2021-11-09T21:04:45.0000000+00:00")]
    [InlineData("2021-11-11T12:54:31.780-05:00", "2021-11-11T12:54:31.7800000-05:00")]
    [InlineData("1972-07-16T13:32:00+0400", "1972-07-16T13:32:00.0000000+04:00")]
    [InlineData("2019-01-30T03:59:03", "2019-01-30T03:59:03.0000000+00:00")]
    [InlineData(" 2019-01-30T03:59:03.5 ", "2019-01-30T03:59:03.5000000+00:00")]
    [InlineData("2019-01-30T03:59", "2019-01-30T03:59:00.0000000+00:00")]
    public void Every_dialect_is_read(string text, string instant)
    {
        Assert.True(IssuerDates.TryParse(text, out var value));
        Assert.Equal(instant, value.ToString("o"));
    }

    [Theory]
    [InlineData("2019-01-30T03:59:03", "2019-01-30T03:59:03.0000000-05:00")]
    [InlineData("2019-07-30T03:59:03", "2019-07-30T03:59:03.0000000-04:00")]
    [InlineData("2019-07-30T03:59:03Z", "2019-07-30T03:59:03.0000000+00:00")]
    public void A_date_without_a_zone_takes_the_given_one(string text, string instant)
    {
        Assert.True(IssuerDates.TryParse(text, out var value, TimeZoneInfo.FindSystemTimeZoneById("America/Toronto")));
        Assert.Equal(instant, value.ToString("o"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2021-13-09T21:04:45Z")]
    [InlineData("2021-11-09")]
    [InlineData("2021-11-09T21:04:45+9900")]
    public void What_is_no_date_is_not_read(string? text) => Assert.False(IssuerDates.TryParse(text, out _));
}

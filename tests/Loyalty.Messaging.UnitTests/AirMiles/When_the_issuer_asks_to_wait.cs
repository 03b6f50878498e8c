using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class When_the_issuer_asks_to_wait
{
    [Fact]
    public async Task A_short_wait_is_kept_inside_the_call()
    {
        var issuer = new IssuerStub().Then(429, retryAfter: "1");
        var started = TimeProvider.System.GetTimestamp();

        var result = await issuer.PostAsync();

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_long_wait_ends_the_call_and_is_handed_on()
    {
        var issuer = new IssuerStub().Then(503, retryAfter: "31");

        var result = await issuer.PostAsync();

        Assert.Equal(TimeSpan.FromSeconds(31), Assert.IsType<CallOutcome.Unresolved>(result.Outcome).RetryAfter);
        Assert.Single(issuer.Calls);
    }

    [Fact]
    public async Task A_date_is_a_wait_too()
    {
        var until = TimeProvider.System.GetUtcNow().AddHours(1).ToString("R", CultureInfo.InvariantCulture);

        var result = await new IssuerStub().Then(503, retryAfter: until).PostAsync();

        Assert.InRange(Assert.IsType<CallOutcome.Unresolved>(result.Outcome).RetryAfter!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
    }

    [Theory]
    [InlineData("Sat, 01 Jan 2022 00:00:00 GMT")]
    [InlineData("soon")]
    public async Task A_date_that_has_passed_and_a_word_are_no_wait(string retryAfter)
    {
        var issuer = new IssuerStub().Then(503, retryAfter: retryAfter);

        Assert.IsType<CallOutcome.Accepted>((await issuer.PostAsync()).Outcome);
    }
}

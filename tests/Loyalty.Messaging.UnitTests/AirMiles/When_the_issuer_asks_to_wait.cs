using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.AirMiles.AmCash;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
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

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Everybody_waits(int status)
    {
        var issuer = new IssuerStub().Then(status, retryAfter: "31").Then(200, IssuerStub.Yes);
        await using var services = issuer.Services(
            null,
            ("LongestPause", "00:00:01"),
            ("StoreId", "1"),
            ("VendorId", "1"),
            ("DeviceId", "1"),
            ("AcquirerId", "1")
        );
        var client = services.GetRequiredService<IAirMilesClient>();
        await client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);

        var other = await client.ReverseEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);
        var cash = services.GetRequiredService<IAmCashClient>();
        var echo = await cash.EchoAsync(TestContext.Current.CancellationToken);
        var inquiry = await cash.InquireAsync(new Inquiry("80000000004", 10m, "SCAN"), TestContext.Current.CancellationToken);

        Assert.IsType<CallOutcome.Postponed>(other.Outcome);
        Assert.Equal((AmCashOutcome.Outage, AmCashOutcome.Outage), (echo.Verdict.Outcome, inquiry.Verdict.Outcome));
        Assert.Single(issuer.Calls);
    }

    [Fact]
    public async Task What_asks_for_a_day_keeps_the_others_waiting_for_five_minutes()
    {
        var time = new FakeTimeProvider();
        await using var services = new IssuerStub().Services(time);
        var pause = services.GetRequiredService<IssuerPause>();
        pause.Wait(TimeSpan.FromDays(1), "the issuer asks to wait");

        time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(Turn.None, pause.Begin());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Turn.Probe, pause.Begin());
        Assert.Equal(Turn.None, pause.Begin());
    }

    [Fact]
    public async Task A_date_is_a_wait_too()
    {
        var until = TimeProvider.System.GetUtcNow().AddHours(1).ToString("R", CultureInfo.InvariantCulture);

        var result = await new IssuerStub().Then(503, retryAfter: until).PostAsync();

        Assert.InRange(
            Assert.IsType<CallOutcome.Unresolved>(result.Outcome).RetryAfter!.Value,
            TimeSpan.FromMinutes(59),
            TimeSpan.FromMinutes(60)
        );
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

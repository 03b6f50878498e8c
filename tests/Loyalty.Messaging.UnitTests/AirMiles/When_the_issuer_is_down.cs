using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>The pause: declared by a 503, or seen in half of the requests failing; all calls of the process share it.</summary>
public sealed class When_the_issuer_is_down
{
    [Fact]
    public async Task A_declared_outage_is_probed_and_over_when_a_probe_gets_through()
    {
        var issuer = new IssuerStub().Then(503).Then(503).Then(503);

        var result = await issuer.PostAsync();

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.Equal([503, 503, 503, 200], result.Attempts.Select(attempt => attempt.Status!.Value));
        // Tries within the call are milliseconds apart here, probes seconds.
        Assert.InRange(result.Attempts[2].StartedAt - result.Attempts[1].StartedAt, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
        Assert.InRange(result.Attempts[3].StartedAt - result.Attempts[2].StartedAt, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_answer_to_a_probe_does_not_end_it(bool refused)
    {
        var issuer = new IssuerStub()
            .Then(503)
            .Then(503)
            .Then(async cancellationToken =>
            {
                if (refused)
                    throw new HttpRequestException("refused");
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return IssuerStub.Answer(200);
            });

        var result = await issuer.PostAsync(("AttemptTimeout", "00:00:00.1"));

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.Equal([503, 503, null, 200], result.Attempts.Select(attempt => attempt.Status));
    }

    [Fact]
    public async Task A_wall_clock_that_is_put_back_does_not_keep_it()
    {
        var clock = new WallClock();
        var issuer = new IssuerStub().Then(503).Then(503);
        await using var services = issuer.Services(clock, ("LongestPause", "00:00:10"));
        var call = services.GetRequiredService<IAirMilesClient>().PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);

        var pause = services.GetRequiredService<IIssuerPause>();
        while (pause.Since is null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        clock.PutBack(TimeSpan.FromHours(1));

        Assert.IsType<CallOutcome.Accepted>((await call).Outcome);
    }

    [Fact]
    public async Task One_request_a_second_is_sent_whatever_it_asks_for()
    {
        var issuer = new IssuerStub().Then(503).Then(503).Then(401);

        Assert.IsType<CallOutcome.Accepted>((await issuer.PostAsync()).Outcome);

        Assert.Equal(2, issuer.TokenRequests.Count);
        var sent = issuer.Calls.Concat(issuer.TokenRequests).Select(asked => asked.At).Order().Skip(2).ToList();
        Assert.All(
            sent.Zip(sent.Skip(1)),
            pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromSeconds(0.95))
        );
    }

    [Fact]
    public async Task A_call_that_has_waited_long_enough_is_put_off()
    {
        var issuer = new IssuerStub();
        for (var number = 0; number < 50; number++)
            issuer.Then(503);

        var result = await issuer.PostAsync(("LongestPause", "00:00:01"));

        Assert.IsType<CallOutcome.Postponed>(result.Outcome);
        Assert.InRange(result.Attempts.Count, 1, 3);
    }

    /// <summary>
    /// Calls of one collector stand in line: if each had the whole pause to wait, the last would be in hand for as many as there are.
    /// </summary>
    [Fact]
    public async Task A_call_that_has_stood_in_line_for_as_long_is_put_off_at_once()
    {
        var issuer = new IssuerStub();
        for (var number = 0; number < 50; number++)
            issuer.Then(503);
        await using var services = issuer.Services();
        var client = services.GetRequiredService<IAirMilesClient>();

        var result = await client
            .PostEventAsync(IssuerStub.Call with { Waited = TimeSpan.FromMinutes(2) }, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.IsType<CallOutcome.Postponed>(result.Outcome);
    }

    [Fact]
    public async Task While_calls_wait_only_one_of_them_probes()
    {
        var issuer = new IssuerStub();
        for (var number = 0; number < 400; number++)
            issuer.Then(503);
        await using var services = issuer.Services(null, ("LongestPause", "00:00:03"));
        var client = services.GetRequiredService<IAirMilesClient>();

        var results = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(_ => client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken))
        );

        Assert.All(results, result => Assert.IsType<CallOutcome.Postponed>(result.Outcome));
        // Those that were on their way when it was declared (at most 32 at once), then one probe a second.
        Assert.InRange(issuer.Calls.Count, 2, 40);
    }

    [Fact]
    public async Task Half_of_the_requests_failing_pauses_too_whatever_they_fail_with()
    {
        var issuer = new IssuerStub().Then(403).Then(403);
        await using var services = issuer.Services(null, ("BreakerThroughput", "2"));
        var client = services.GetRequiredService<IAirMilesClient>();
        var refused = await client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);
        Assert.IsType<CallOutcome.Unresolved>(refused.Outcome);
        await client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);
        Assert.True(services.GetRequiredService<IssuerPause>().Paused);

        var next = await client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);

        Assert.IsType<CallOutcome.Accepted>(next.Outcome);
        Assert.False(services.GetRequiredService<IssuerPause>().Paused);
    }

    /// <summary>Time goes on, and what the clock on the wall shows is moved. A fake clock would stand still.</summary>
    sealed class WallClock : TimeProvider
    {
        long _behind;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - TimeSpan.FromTicks(Interlocked.Read(ref _behind));

        public void PutBack(TimeSpan by) => Interlocked.Add(ref _behind, by.Ticks);
    }
}

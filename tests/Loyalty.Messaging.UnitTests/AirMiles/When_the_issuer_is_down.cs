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

    [Fact]
    public async Task A_call_that_has_waited_long_enough_is_put_off()
    {
        var issuer = new IssuerStub();
        for (var number = 0; number < 50; number++)
            issuer.Then(503);

        var result = await issuer.PostAsync(("LongestPause", "00:00:01"));

        Assert.IsType<CallOutcome.Postponed>(result.Outcome);
        Assert.InRange(result.Attempts.Count, 2, 4);
    }

    [Fact]
    public async Task While_calls_wait_only_one_of_them_probes()
    {
        var issuer = new IssuerStub();
        for (var number = 0; number < 400; number++)
            issuer.Then(503);
        await using var services = issuer.Services(null, ("LongestPause", "00:00:03"));
        var client = services.GetRequiredService<IAirMilesClient>();

        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken)));

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
        Assert.True(services.GetRequiredService<IssuerPipeline>().Paused);

        var next = await client.PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);

        Assert.IsType<CallOutcome.Accepted>(next.Outcome);
        Assert.False(services.GetRequiredService<IssuerPipeline>().Paused);
    }
}

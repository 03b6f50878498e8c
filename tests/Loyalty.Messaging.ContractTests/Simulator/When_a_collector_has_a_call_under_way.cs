using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_a_collector_has_a_call_under_way : SimulatorTest
{
    [Fact]
    public async Task A_second_call_is_refused_and_recorded()
    {
        await Simulator.ScriptAsync("""[{"match":{"clientTransactionId":"T-1"},"answer":{"kind":"never"}}]""");
        var first = Simulator.PostAsync(Requests.Issuance("T-1"));
        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("held") == 1);

        var (status, _) = await PostAsync(Requests.Issuance("T-2"));

        Assert.Equal(400, status);
        await BreachedAsync("collector-in-parallel");
        await ReleaseAsync(first);
        await EffectsAsync();
    }

    [Fact]
    public async Task Another_collector_is_free()
    {
        await Simulator.ScriptAsync("""[{"match":{"clientTransactionId":"T-1"},"answer":{"kind":"never"}}]""");
        var first = Simulator.PostAsync(Requests.Issuance("T-1"));
        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("held") == 1);

        var (status, _) = await PostAsync(Requests.Issuance("T-2", collector: Requests.OtherCollector));

        Assert.Equal(200, status);
        Assert.Equal(2, await Simulator.StatAsync("maxInFlight"));
        await BreachedAsync();
        await ReleaseAsync(first);
    }

    [Fact]
    public async Task A_call_that_its_client_gave_up_is_not_under_way()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"never"}}]""");
        using var patience = new CancellationTokenSource();
        var key = RunningSimulator.NewKey();
        var first = Simulator.SendUntilAsync(RunningSimulator.PostPath, Requests.Issuance("T-1").ToJsonString(), key, patience.Token);
        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("held") == 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var (status, _) = await PostAsync(Requests.Issuance("T-1"), key);

        Assert.Equal(200, status);
        await BreachedAsync();
        var attempts = await Simulator.AttemptsAsync();
        Assert.False(attempts[1]!["delivered"]!.GetValue<bool>());
        Assert.True(attempts[2]!["delivered"]!.GetValue<bool>());
    }

    [Fact]
    public async Task The_end_of_an_abandoned_call_may_become_visible_after_the_next_has_come()
    {
        await RestartAsync("--Simulator:AbortGrace=00:00:10");
        await Simulator.ScriptAsync("""[{"answer":{"kind":"never"}}]""");
        using var patience = new CancellationTokenSource();
        var key = RunningSimulator.NewKey();
        var first = Simulator.SendUntilAsync(RunningSimulator.PostPath, Requests.Issuance("T-1").ToJsonString(), key, patience.Token);
        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("held") == 1);
        var second = PostAsync(Requests.Issuance("T-1"), key);
        await RunningSimulator.EventuallyAsync(async () => (await Simulator.AttemptsAsync()).Count == 3);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(200, (await second).Status);
        await BreachedAsync();
    }

    [Fact]
    public async Task A_call_right_after_an_answer_is_never_taken_for_a_second_one()
    {
        for (var i = 0; i < 300; i++)
            await PostAsync(Requests.Issuance($"T-{i}"));

        await BreachedAsync();
        Assert.Equal(300, await Simulator.StatAsync("effects"));
        Assert.Equal(0, await Simulator.StatAsync("inFlight"));
    }

    async Task ReleaseAsync(Task<HttpResponseMessage> held)
    {
        using var released = await Simulator.Http.PostAsync("/simulator/release", null, TestContext.Current.CancellationToken);
        using var answer = await held;
        Assert.Equal(200, (int)answer.StatusCode);
    }
}

using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_an_answer_goes_wrong_on_its_way : SimulatorTest
{
    readonly string _key = RunningSimulator.NewKey();

    [Fact]
    public async Task A_held_call_waits_until_it_is_released()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"never","effect":"before"}}]""");
        var call = Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        await RunningSimulator.EventuallyAsync(async () => (await Simulator.ReadAsync("/simulator/held"))["held"]!.GetValue<int>() == 1);
        Assert.False(call.IsCompleted);
        await EffectsAsync("T-1");

        using var released = await Simulator.Http.PostAsync("/simulator/release", null, TestContext.Current.CancellationToken);
        using var answer = await call;

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(0, await Simulator.StatAsync("held"));
    }

    [Theory]
    [InlineData("before", true)]
    [InlineData("none", false)]
    public async Task A_reset_cuts_the_connection_with_or_without_its_effect(string effect, bool happens)
    {
        await Simulator.ScriptAsync($$"""[{"answer":{"kind":"reset","effect":"{{effect}}"} }]""");

        await Assert.ThrowsAsync<HttpRequestException>(() => Simulator.PostAsync(Requests.Issuance("T-1"), _key));

        Assert.Equal(happens ? 1 : 0, await Simulator.StatAsync("effects"));
        await UndeliveredAsync();
        await AnsweredAtLastAsync();
    }

    [Fact]
    public async Task A_truncated_answer_ends_halfway_after_its_effect()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"truncate"}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        var cut = await Assert.ThrowsAsync<HttpRequestException>(() =>
            answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpIOException>(cut.GetBaseException()).HttpRequestError);

        await EffectsAsync("T-1");
        await UndeliveredAsync();
        await AnsweredAtLastAsync();
    }

    [Fact]
    public async Task A_page_comes_in_place_of_json_and_nothing_happens()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"html"}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        await EffectsAsync();
        await AnsweredAtLastAsync();
    }

    [Fact]
    public async Task A_huge_answer_floods_its_reader()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"huge","megabytes":5}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.True(body.Length > 5 * 1024 * 1024);
        await AnsweredAtLastAsync();
    }

    [Fact]
    public async Task A_huge_answer_ends_when_its_reader_has_had_enough()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"huge","megabytes":2000}}]""");

        using (await Simulator.PostAsync(Requests.Issuance("T-1"), _key))
        {
            // Headers are enough for this reader.
        }

        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("inFlight") == 0);
        await UndeliveredAsync();
    }

    [Fact]
    public async Task A_slow_answer_drips_byte_by_byte()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"slow-drip","dripInterval":1}}]""");
        var start = TimeProvider.System.GetTimestamp();

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(body.Length - 1));
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task A_remembered_answer_drips_the_same_bytes()
    {
        var (_, first) = await PostAsync(Requests.Issuance("T-1"), _key);
        Simulator.Time.Advance(TimeSpan.FromMinutes(1));
        await Simulator.ScriptAsync("""[{"answer":{"kind":"slow-drip","dripInterval":1}}]""");

        var (_, again) = await PostAsync(Requests.Issuance("T-1"), _key);

        Assert.Equal(first.ToJsonString(), again.ToJsonString());
    }

    [Fact]
    public async Task A_redirect_points_elsewhere_and_nothing_happens()
    {
        await Simulator.ScriptAsync("""[{"answer":{"kind":"redirect","location":"http://127.0.0.1:9/"}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);

        Assert.Equal(307, (int)answer.StatusCode);
        Assert.Equal(new Uri("http://127.0.0.1:9/"), answer.Headers.Location);
        await EffectsAsync();
        await AnsweredAtLastAsync();
    }

    async Task UndeliveredAsync() =>
        await RunningSimulator.EventuallyAsync(async () => !(await Simulator.AttemptsAsync())[^1]!["delivered"]!.GetValue<bool>());

    /// <summary>Whatever went wrong, the same call again ends with exactly one effect and no breach.</summary>
    async Task AnsweredAtLastAsync()
    {
        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        await EffectsAsync("T-1");
        await BreachedAsync();
    }
}

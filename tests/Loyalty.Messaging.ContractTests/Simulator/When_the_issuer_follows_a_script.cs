using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_the_issuer_follows_a_script : SimulatorTest
{
    readonly string _key = RunningSimulator.NewKey();

    [Fact]
    public async Task A_status_with_headers_is_answered_once_and_has_no_effect()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":429,"headers":{"Retry-After":"7"}}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
        await EffectsAsync();

        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task A_rule_without_an_end_speaks_until_scripts_are_removed()
    {
        await Simulator.ScriptAsync("""[{"times":null,"answer":{"status":503}}]""");
        for (var i = 0; i < 3; i++)
            Assert.Equal(503, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        Assert.Null(Assert.Single((await Simulator.ReadAsync("/simulator/scripts")).AsArray())!["times"]);

        using var removed = await Simulator.Http.DeleteAsync("/simulator/scripts", TestContext.Current.CancellationToken);

        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
    }

    [Fact]
    public async Task Rules_speak_in_their_order_to_the_calls_they_match()
    {
        await Simulator.ScriptAsync(
            $$$"""
            [{"match":{"clientTransactionIdPrefix":"P-"},"answer":{"status":500}},
             {"match":{"path":"post","clientTransactionId":"P-1"},"answer":{"status":502}},
             {"match":{"collectorNumber":"{{{Requests.OtherCollector}}}" },"answer":{"status":504}},
             {"match":{"path":"reverse"},"answer":{"status":409}}]
            """
        );

        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"))).Status);
        Assert.Equal(500, (await PostAsync(Requests.Issuance("P-1"), _key)).Status);
        Assert.Equal(502, (await PostAsync(Requests.Issuance("P-1"), _key)).Status);
        Assert.Equal(200, (await PostAsync(Requests.Issuance("P-1"), _key)).Status);
        Assert.Equal(504, (await PostAsync(Requests.Issuance("T-2", collector: Requests.OtherCollector))).Status);
        Assert.Equal(409, (await PostAsync(Requests.Reversal("R-1", "T-1", 1))).Status);
    }

    [Fact]
    public async Task A_misspelt_rule_is_refused_instead_of_testing_nothing()
    {
        using var answer = await Simulator.Http.PostAsync(
            "/simulator/scripts",
            new StringContent("""[{"answer":{"stauts":500}}]"""),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("stauts", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_after_its_effect_gives_way_to_the_yes_of_that_effect()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":500,"effect":"before"}}]""");

        Assert.Equal(500, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        await EffectsAsync("T-1");
        var (status, body) = await PostAsync(Requests.Issuance("T-1"), _key);

        Assert.Equal(200, status);
        var effect = Assert.Single(await Simulator.LedgerAsync())!;
        Assert.Equal(effect["transactionId"]!.GetValue<string>(), body["transactionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_effect_that_is_scripted_twice_happens_once()
    {
        await Simulator.ScriptAsync("""[{"times":2,"answer":{"status":500,"effect":"before"}}]""");

        await PostAsync(Requests.Issuance("T-1"), _key);
        await PostAsync(Requests.Issuance("T-1"), _key);

        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task A_late_effect_does_not_keep_the_connection()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":202,"effect":"after-answer","effectDelay":"00:01:00"}}]""");

        Assert.Equal(202, (await PostAsync(Requests.Issuance("T-1"))).Status);

        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-2"))).Status);
        await EffectsAsync("T-2");
    }

    [Fact]
    public async Task A_cached_failure_stands_for_its_key()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":500,"cache":true}},{"times":null,"answer":{"status":503}}]""");

        for (var i = 0; i < 3; i++)
            Assert.Equal(500, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        Assert.Equal(503, (await PostAsync(Requests.Issuance("T-2"))).Status);
    }

    [Fact]
    public async Task A_final_no_is_remembered_unless_it_is_to_be_forgotten()
    {
        await Simulator.ScriptAsync(
            """
            [{"match":{"clientTransactionId":"T-1"},"answer":{"status":400,"body":{"responseCode":"E5","message":"closed"}}},
             {"match":{"clientTransactionId":"T-2"},"answer":{"status":400,"cache":false}}]
            """
        );

        var otherKey = RunningSimulator.NewKey();
        Assert.Equal("E5", (await PostAsync(Requests.Issuance("T-1"), _key)).Body["responseCode"]!.GetValue<string>());
        Assert.Equal(400, (await PostAsync(Requests.Issuance("T-1"), _key)).Status);
        Assert.Equal(400, (await PostAsync(Requests.Issuance("T-2"), otherKey)).Status);
        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-2"), otherKey)).Status);
        await BreachedAsync();
    }

    [Fact]
    public async Task A_202_is_pending_and_has_its_effect_at_once_unless_said_otherwise()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":202}},{"answer":{"status":202,"effect":"none"}}]""");

        var (status, body) = await PostAsync(Requests.Issuance("T-1"));
        await PostAsync(Requests.Issuance("T-2"));

        Assert.Equal(202, status);
        Assert.Equal("PENDING", body["issuances"]![0]!["status"]!.GetValue<string>());
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task A_200_may_be_pending()
    {
        await Simulator.ScriptAsync("""[{"answer":{"pendingStatus":true}}]""");

        var (status, body) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(200, status);
        Assert.Equal("PENDING", body["issuances"]![0]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_effect_may_come_after_its_answer()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":202,"effect":"after-answer","effectDelay":150}}]""");

        Assert.Equal(202, (await PostAsync(Requests.Issuance("T-1"))).Status);
        await RunningSimulator.EventuallyAsync(async () => await Simulator.StatAsync("effects") == 1);

        var attempt = (await Simulator.AttemptsAsync())[^1]!["at"]!.GetValue<DateTimeOffset>();
        var effect = (await Simulator.LedgerAsync())[0]!["at"]!.GetValue<DateTimeOffset>();
        Assert.True(effect - attempt > TimeSpan.FromMilliseconds(140));
    }

    [Fact]
    public async Task An_answer_may_be_late()
    {
        await Simulator.ScriptAsync("""[{"answer":{"delay":"00:00:00.3"}}]""");
        var start = TimeProvider.System.GetTimestamp();

        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"))).Status);

        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(280));
    }

    [Fact]
    public async Task The_token_endpoint_follows_its_own_rules_only()
    {
        await Simulator.ScriptAsync("""[{"times":null,"answer":{"status":500}},{"match":{"path":"token"},"answer":{"status":503}}]""");

        using var refused = await Simulator.AskTokenAsync("client_credentials", "partner", "secret-of-the-simulator");
        using var granted = await Simulator.AskTokenAsync("client_credentials", "partner", "secret-of-the-simulator");

        Assert.Equal((503, 200), ((int)refused.StatusCode, (int)granted.StatusCode));
    }

    [Fact]
    public async Task A_body_may_be_any_text()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":200,"body":"{\"transactionId\":","contentType":"application/json"}}]""");

        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);

        Assert.Equal("{\"transactionId\":", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task A_refusal_of_the_token_can_be_scripted_without_a_response_code()
    {
        await Simulator.ScriptAsync("""[{"answer":{"status":401}}]""");

        var (status, body) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(401, status);
        Assert.Null(((JsonObject)body)["responseCode"]);
        await BreachedAsync();
    }
}

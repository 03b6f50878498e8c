using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_a_key_comes_again : SimulatorTest
{
    readonly string _key = RunningSimulator.NewKey();

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    public async Task The_same_body_gets_the_same_bytes_and_no_second_effect(int status)
    {
        await Simulator.ScriptAsync($$"""[{"answer":{"status":{{status}}} }]""");
        var first = await BytesAsync(status);
        Simulator.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await BytesAsync(status);

        Assert.Equal(first, second);
        await EffectsAsync("T-1");
        Assert.Equal(1, await Simulator.StatAsync("replayed"));
        await BreachedAsync();
    }

    [Fact]
    public async Task A_second_body_under_the_same_key_is_refused_and_recorded()
    {
        await PostAsync(Requests.Issuance("T-1"), _key);
        var (status, _) = await PostAsync(Requests.Issuance("T-1", miles: 9), _key);

        Assert.Equal(422, status);
        await BreachedAsync("same-key-other-body");
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task The_same_transaction_under_a_second_key_is_refused_and_recorded()
    {
        await PostAsync(Requests.Issuance("T-1"), _key);
        var (status, _) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(400, status);
        await BreachedAsync("same-transaction-two-keys");
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task An_issuer_that_knows_only_keys_applies_a_second_key_twice_and_it_is_recorded()
    {
        await RestartAsync("--Simulator:SecondKey=Apply");

        await PostAsync(Requests.Issuance("T-1"), _key);
        var (status, _) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(200, status);
        await BreachedAsync("same-transaction-two-keys");
        await EffectsAsync("T-1", "T-1");
    }

    [Fact]
    public async Task A_rejected_collector_is_no_breach_and_its_corrected_request_is_welcome_under_a_new_key()
    {
        var (rejected, body) = await PostAsync(Requests.Issuance("T-1", collector: Requests.RejectedCollector), _key);
        var (again, _) = await PostAsync(Requests.Issuance("T-1", collector: Requests.RejectedCollector), _key);
        var (corrected, _) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal((400, 400, 200), (rejected, again, corrected));
        Assert.Equal("0025", body["responseCode"]!.GetValue<string>());
        await BreachedAsync();
        await EffectsAsync("T-1");
    }

    [Fact]
    public async Task An_offer_code_that_was_not_agreed_is_rejected_as_business()
    {
        await RestartAsync("--Simulator:IssuanceOfferCodes:0=BONUS");

        var (status, _) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(400, status);
        await BreachedAsync();
    }

    [Fact]
    public async Task A_key_whose_lifetime_is_over_has_its_effect_once_more()
    {
        await PostAsync(Requests.Issuance("T-1"), _key);
        using var forgotten = await Simulator.Http.PostAsync("/simulator/keys/forget", null, TestContext.Current.CancellationToken);
        await PostAsync(Requests.Issuance("T-1"), _key);

        await EffectsAsync("T-1", "T-1");
    }

    async Task<byte[]> BytesAsync(int status)
    {
        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"), _key);
        Assert.Equal(status, (int)answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}

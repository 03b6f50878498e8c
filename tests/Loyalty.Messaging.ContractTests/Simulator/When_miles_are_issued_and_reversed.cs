using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_miles_are_issued_and_reversed : SimulatorTest
{
    [Fact]
    public async Task The_answer_echoes_the_request_in_the_documented_form()
    {
        using var answer = await Simulator.PostAsync(Requests.Issuance("T-1"));
        // Before the body is read: reading parses the header, and then it is written the client's way.
        Assert.Equal("application/json;charset=UTF-8", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.True(answer.Headers.TransferEncodingChunked);
        Assert.Equal(
            [
                "clientTransactionId",
                "collectorNumber",
                "coupon",
                "deviceId",
                "issuances",
                "sponsorCode",
                "transactionDateTime",
                "transactionId",
            ],
            body.AsObject().Select(member => member.Key)
        );
        Assert.Equal("22", body["issuances"]![0]!["offerId"]!.GetValue<string>());
        Assert.Equal("COMPLETED", body["issuances"]![0]!["status"]!.GetValue<string>());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-05:00$", body["transactionDateTime"]!.GetValue<string>());
        Assert.True(Guid.TryParse(body["transactionId"]!.GetValue<string>(), out _));
    }

    [Fact]
    public async Task The_ledger_tells_each_effect_with_the_transaction_id_of_its_answer()
    {
        var key = RunningSimulator.NewKey();
        var (_, issued) = await PostAsync(Requests.Issuance("T-1"), key);
        await PostAsync(Requests.Reversal("R-1", "T-1", 3));

        var ledger = await Simulator.LedgerAsync();
        Assert.Equal([1, 2], ledger.Select(effect => effect!["sequence"]!.GetValue<int>()));
        Assert.Equal(["issue", "reverse"], ledger.Select(effect => effect!["kind"]!.GetValue<string>()));
        Assert.Equal([8, 3], ledger.Select(effect => effect!["miles"]!.GetValue<int>()));
        Assert.Equal(issued["transactionId"]!.GetValue<string>(), ledger[0]!["transactionId"]!.GetValue<string>());
        Assert.Equal(key, ledger[0]!["idempotencyKey"]!.GetValue<string>());
        Assert.Equal("T-1", ledger[1]!["originalClientTransactionId"]!.GetValue<string>());
        Assert.Equal(
            "R-1",
            Assert.Single(await Simulator.LedgerAsync("?clientTransactionId=R-1"))!["clientTransactionId"]!.GetValue<string>()
        );
        Assert.Equal("R-1", Assert.Single(await Simulator.LedgerAsync("?after=1"))!["clientTransactionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Partial_reversals_may_take_back_everything_and_not_a_mile_more()
    {
        await PostAsync(Requests.Issuance("T-1", miles: 8));
        await PostAsync(Requests.Reversal("R-1", "T-1", 5));
        await PostAsync(Requests.Reversal("R-2", "T-1", 3));
        await BreachedAsync();

        var (status, _) = await PostAsync(Requests.Reversal("R-3", "T-1", 1));

        Assert.Equal(400, status);
        await BreachedAsync("reversal-above-issuance");
        Assert.Equal(8, await Simulator.StatAsync("milesReversed"));
    }

    [Fact]
    public async Task A_reversal_may_not_take_one_offer_s_miles_under_another()
    {
        var issuance = Requests.Issuance("T-1", miles: 8);
        issuance["issuances"]!.AsArray().Add(Requests.Offer("BONUS", 2, offerId: 23));
        await PostAsync(issuance);
        var reversal = Requests.Reversal("R-1", "T-1", 1);
        reversal["issuances"] = new JsonArray(Requests.Offer("BONUS", 3, offerId: 23));

        var (status, _) = await PostAsync(reversal);

        Assert.Equal(400, status);
        await BreachedAsync("reversal-above-issuance");
    }

    [Fact]
    public async Task An_offer_that_was_split_in_the_request_is_added_up()
    {
        await PostAsync(Requests.Issuance("T-1", miles: 8));
        var reversal = Requests.Reversal("R-1", "T-1", 5);
        reversal["issuances"]!.AsArray().Add(Requests.Offer("STANDARD", 5));

        await PostAsync(reversal);

        await BreachedAsync("reversal-above-issuance");
    }

    [Fact]
    public async Task A_reversal_before_its_issuance_is_refused_and_recorded()
    {
        var (status, _) = await PostAsync(Requests.Reversal("R-1", "T-1", 1));

        Assert.Equal(400, status);
        await BreachedAsync("reversal-before-issuance");
        await EffectsAsync();
    }

    [Fact]
    public async Task A_reversal_from_another_collector_is_refused_and_recorded()
    {
        await PostAsync(Requests.Issuance("T-1"));
        var (status, _) = await PostAsync(Requests.Reversal("R-1", "T-1", 1, Requests.OtherCollector));

        Assert.Equal(400, status);
        await BreachedAsync("reversal-of-other-collector");
    }

    [Fact]
    public async Task A_reversal_under_another_sponsor_is_refused_and_recorded()
    {
        await RestartAsync("--Simulator:SponsorCodes:0=KENY", "--Simulator:SponsorCodes:1=LOY1");
        await PostAsync(Requests.Issuance("T-1"));
        var reversal = Requests.Reversal("R-1", "T-1", 1);
        reversal["sponsorCode"] = "LOY1";

        await PostAsync(reversal);

        await BreachedAsync("reversal-of-other-sponsor");
    }

    [Fact]
    public async Task An_answered_reversal_that_comes_again_is_no_second_reversal()
    {
        var key = RunningSimulator.NewKey();
        await PostAsync(Requests.Issuance("T-1", miles: 8));
        await PostAsync(Requests.Reversal("R-1", "T-1", 8), key);
        var (status, _) = await PostAsync(Requests.Reversal("R-1", "T-1", 8), key);

        Assert.Equal(200, status);
        await BreachedAsync();
        await EffectsAsync("T-1", "R-1");
    }

    [Fact]
    public async Task Numbers_for_offer_ids_can_be_had()
    {
        await RestartAsync("--Simulator:NumericOfferIds=true");

        var (_, body) = await PostAsync(Requests.Issuance("T-1"));

        Assert.Equal(22, body["issuances"]![0]!["offerId"]!.GetValue<int>());
    }
}

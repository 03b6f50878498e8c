using System.Text.Json.Nodes;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.AirMiles.AmCash;
using Xunit;

namespace Loyalty.Messaging.ContractTests.AmCash;

public sealed class When_balances_are_inquired
{
    static readonly Inquiry Question = new("84095202006", 16.12m, "SWIPE");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// A code, its outcome, who acts, whether balances are shown and a redemption offered, and how often is asked when it is the answer for
    /// ever.
    /// </summary>
    [Theory]
    [InlineData("0000", AmCashOutcome.Answered, AmCashActor.Nobody, true, true, 1)]
    [InlineData("0001", AmCashOutcome.Answered, AmCashActor.Nobody, false, true, 1)]
    [InlineData("0002", AmCashOutcome.Refused, AmCashActor.Collector, false, false, 1)]
    [InlineData("0005", AmCashOutcome.Answered, AmCashActor.Nobody, false, false, 1)]
    [InlineData("0006", AmCashOutcome.Answered, AmCashActor.Nobody, true, false, 1)]
    [InlineData("0008", AmCashOutcome.Unavailable, AmCashActor.Escalation, false, false, 2)]
    [InlineData("0009", AmCashOutcome.Refused, AmCashActor.Collector, false, false, 1)]
    [InlineData("0025", AmCashOutcome.Refused, AmCashActor.Collector, false, false, 1)]
    [InlineData("0035", AmCashOutcome.Invalid, AmCashActor.Operator, false, false, 1)]
    [InlineData("0051", AmCashOutcome.Answered, AmCashActor.Nobody, true, false, 1)]
    [InlineData("0067", AmCashOutcome.Later, AmCashActor.Caller, false, false, 1)]
    [InlineData("0092", AmCashOutcome.Outage, AmCashActor.Caller, false, false, 1)]
    [InlineData("0096", AmCashOutcome.Unavailable, AmCashActor.Escalation, false, false, 2)]
    [InlineData("0042", AmCashOutcome.Undocumented, AmCashActor.Operator, false, false, 1)]
    public async Task Each_code_has_its_meaning(string code, AmCashOutcome outcome, AmCashActor actor, bool balances, bool offer, int calls)
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", null, $$"""{ "responseCode": "{{code}}" }""");

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal(
            (code, outcome, actor, calls),
            (result.Verdict.Code, result.Verdict.Outcome, result.Verdict.Actor, result.Exchange.Calls)
        );
        Assert.Equal((balances, offer), (result.Balances is not null, result.Offer is not null));
        // Above all no new token for a 401 or 403 that is about the collector.
        await issuer.AskedAsync(calls, tokens: 1);
        Assert.Single((await issuer.CallsAsync()).Select(call => call["bodySha256"]!.GetValue<string>()).Distinct());
    }

    /// <summary>What may not be shown does not come through, even if the issuer sends it.</summary>
    [Theory]
    [InlineData("0000", true, true)]
    [InlineData("0001", false, true)]
    [InlineData("0005", false, false)]
    [InlineData("0006", true, false)]
    [InlineData("0051", true, false)]
    [InlineData("0002", false, false)]
    public async Task What_may_not_be_shown_or_offered_is_taken_out(string code, bool balances, bool offer)
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", 1, $$"""{ "status": 202, "body": {{Everything(code)}} }""");

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal((balances, offer), (result.Balances is not null, result.Offer is not null));
    }

    [Fact]
    public async Task Numbers_in_strings_become_numbers()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", 1, $$"""{ "status": 200, "body": {{Everything("0000")}} }""");

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal(new CashBalances(120, 545, 95, 10m), result.Balances);
        Assert.Equal(new CashOffer(1, 10, 95, 10.00m, "1111111111", "RGL", "Sample offer", "Exemple d'offre"), result.Offer);
        Assert.DoesNotContain("84095202006", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "cashBalance": "120" }""", 120, null)]
    [InlineData("""{ "cashBalance": null, "dreamBalance": 7 }""", null, 7)]
    [InlineData("""{ "cashBalance": "a lot", "dreamBalance": "-3" }""", null, null)]
    public async Task Conditional_fields_may_be_absent_and_what_is_no_number_is_taken_for_absent(string members, int? cash, int? dream)
    {
        var body = JsonNode.Parse(members)!.AsObject();
        (body["responseCode"], body["message"]) = ("0000", "Approved");
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", 1, $$"""{ "status": 200, "body": {{body.ToJsonString()}} }""");

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal((cash, dream), (result.Balances?.Cash, result.Balances?.Dream));
        Assert.Null(result.Offer);
    }

    [Theory]
    [InlineData("SWIPE", true)]
    [InlineData("SCAN", true)]
    [InlineData("PREREGISTERED", true)]
    [InlineData("KEYED", false)]
    public async Task An_offer_is_there_when_the_issuer_makes_one(string mode, bool offer)
    {
        await using var issuer = await CashIssuer.StartAsync();

        var result = await issuer.Client.InquireAsync(Question with { CardEntryMode = mode }, Token);

        Assert.Equal(offer, result.Offer is not null);
    }

    [Fact]
    public async Task A_401_without_a_code_is_about_the_token_and_costs_one_new_one()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", null, """{ "status": 401, "body": { "message": "Missing or invalid Bearer token" } }""");

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal((AmCashOutcome.Unauthorized, AmCashActor.Operator), (result.Verdict.Outcome, result.Verdict.Actor));
        await issuer.AskedAsync(calls: 2, tokens: 2);
    }

    [Fact]
    public async Task A_403_without_a_code_is_asked_once_and_not_about_the_collector()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", null, """{ "status": 403, "body": {} }""");

        Assert.Equal(AmCashOutcome.Unauthorized, (await issuer.Client.InquireAsync(Question, Token)).Verdict.Outcome);
        await issuer.AskedAsync(calls: 1, tokens: 1);
    }

    [Fact]
    public async Task After_an_outage_nothing_is_sent_until_an_echo_is_answered()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", 1, """{ "responseCode": "0092" }""");
        await issuer.Client.InquireAsync(Question, Token);

        var held = await issuer.Client.InquireAsync(Question, Token);
        Assert.Equal((AmCashOutcome.Outage, "0092", 0), (held.Verdict.Outcome, held.Verdict.Code, held.Exchange.Calls));
        await issuer.AskedAsync(calls: 1, tokens: 1);

        Assert.True((await issuer.Client.EchoAsync(Token)).Verdict.Outcome == AmCashOutcome.Answered);
        Assert.Equal(AmCashOutcome.Answered, (await issuer.Client.InquireAsync(Question, Token)).Verdict.Outcome);
        await issuer.AskedAsync(calls: 3, tokens: 1);
    }

    [Fact]
    public async Task An_outage_that_the_issuer_gives_an_end_is_over_then()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("inquire", 1, """{ "responseCode": "0092", "headers": { "Retry-After": "1" } }""");
        await issuer.Client.InquireAsync(Question, Token);

        await TestKit.Eventually.SeeAsync(
            () => issuer.Client.InquireAsync(Question, Token),
            result => result.Verdict.Outcome == AmCashOutcome.Answered,
            "the end of the outage"
        );
        await issuer.AskedAsync(calls: 2, tokens: 1);
    }

    [Theory]
    [InlineData("AcquirerId", "AirMiles__AcquirerId")]
    [InlineData("StoreId", "AirMiles__StoreId")]
    public async Task What_is_not_configured_is_named_and_not_sent(string setting, string named)
    {
        await using var issuer = await CashIssuer.StartAsync((setting, null));

        var result = await issuer.Client.InquireAsync(Question, Token);

        Assert.Equal(
            (AmCashOutcome.Invalid, AmCashActor.Operator, $"not configured: {named}"),
            (result.Verdict.Outcome, result.Verdict.Actor, result.Exchange.Message)
        );
        await issuer.AskedAsync(calls: 0, tokens: 0);
    }

    [Fact]
    public async Task A_store_and_a_terminal_may_come_with_the_question()
    {
        await using var issuer = await CashIssuer.StartAsync(("StoreId", null), ("DeviceId", null));

        var result = await issuer.Client.InquireAsync(Question with { StoreId = "0037", DeviceId = "POS-7" }, Token);

        Assert.Equal(AmCashOutcome.Answered, result.Verdict.Outcome);
        await issuer.AskedAsync(calls: 1, tokens: 1);
    }

    [Fact]
    public void The_time_is_written_in_INQUIREs_dialect() =>
        Assert.Equal(
            "1972-07-16T13:32:00+0400",
            IssuerDates.WithPlainOffset(new DateTimeOffset(1972, 7, 16, 13, 32, 0, 999, TimeSpan.FromHours(4)))
        );

    /// <summary>The sample of the issuer's page, with another code.</summary>
    static string Everything(string code) =>
        $$"""
            { "acquirerId": "100000", "availableCashBalance": "95", "availableDollarAmount": "10", "availableOfferUnits": "1", "cashBalance": "120",
              "collectorNumber": "84095202006", "dailyOfferLimit": "10", "dateTime": "2019-01-30T04:39:59.503-0400", "deviceId": "001", "dreamBalance": "545",
              "message": "Approved for 84095202006", "offerDescEn": "Sample offer", "offerDescFr": "Exemple d'offre", "offerId": "1111111111", "offerType": "RGL",
              "responseCode": "{{code}}", "sponsorCode": "1234", "storeId": "0001", "traceId": "000012345678", "transDateTime": "2019-01-30T11:41:55",
              "unitValueAMCash": "95", "unitValueDollars": "10.00", "vendorId": "555555" }
            """;
}

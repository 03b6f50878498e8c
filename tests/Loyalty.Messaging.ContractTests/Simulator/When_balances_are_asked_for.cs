using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_balances_are_asked_for : SimulatorTest
{
    static readonly string[] Offer =
    [
        "availableOfferUnits",
        "dailyOfferLimit",
        "offerDescEn",
        "offerDescFr",
        "offerId",
        "offerType",
        "unitValueAMCash",
        "unitValueDollars",
    ];

    [Fact]
    public async Task Echo_gives_back_what_it_was_told_and_that_all_is_well()
    {
        var (status, body) = await AskAsync("echo", Requests.Echo());

        Assert.Equal(200, status);
        Assert.Equal(
            ["deviceId", "message", "responseCode", "sponsorCode", "storeId", "traceId", "transDateTime", "vendorId"],
            body.Select(member => member.Key).Order()
        );
        Assert.Equal("0000", Text(body, "responseCode"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", Text(body, "transDateTime"));
    }

    [Fact]
    public async Task A_presented_card_gets_balances_and_an_offer()
    {
        var (status, body) = await AskAsync("inquire", Requests.Inquiry());

        Assert.Equal(200, status);
        Assert.Equal(
            ("120", "545", "120", "10", "1"),
            (
                Text(body, "cashBalance"),
                Text(body, "dreamBalance"),
                Text(body, "availableCashBalance"),
                Text(body, "availableDollarAmount"),
                Text(body, "availableOfferUnits")
            )
        );
        Assert.All(Offer, field => Assert.True(body.ContainsKey(field), field));
    }

    [Fact]
    public async Task A_card_that_was_not_presented_gets_no_offer()
    {
        var inquiry = Requests.Inquiry();
        inquiry["cardEntryMode"] = "KEYED";

        await WithoutOfferAsync(inquiry);
    }

    [Fact]
    public async Task A_balance_below_one_unit_gets_no_offer()
    {
        await RestartAsync("--Simulator:CashBalance=94");

        await WithoutOfferAsync(Requests.Inquiry());
    }

    [Fact]
    public async Task A_used_up_day_gets_no_offer()
    {
        await RestartAsync("--Simulator:DailyOfferLimit=0");

        await WithoutOfferAsync(Requests.Inquiry());
    }

    [Theory]
    [InlineData("0001", 202, false, true)]
    [InlineData("0002", 401, false, false)]
    [InlineData("0005", 202, false, false)]
    [InlineData("0006", 202, true, false)]
    [InlineData("0008", 408, false, false)]
    [InlineData("0009", 403, false, false)]
    [InlineData("0051", 202, true, false)]
    [InlineData("0067", 408, false, false)]
    [InlineData("0092", 503, false, false)]
    [InlineData("0096", 500, false, false)]
    public async Task A_scripted_response_code_brings_its_status_and_shows_what_it_may(string code, int status, bool balances, bool offer)
    {
        await Simulator.ScriptAsync($$"""[{"match":{"path":"inquire"},"answer":{"responseCode":"{{code}}"} }]""");

        var (answered, body) = await AskAsync("inquire", Requests.Inquiry());

        Assert.Equal((status, code), (answered, Text(body, "responseCode")));
        Assert.NotEmpty(Text(body, "message"));
        Assert.Equal(balances, body.ContainsKey("cashBalance"));
        Assert.Equal(offer, body.ContainsKey("unitValueAMCash"));
    }

    [Fact]
    public async Task A_rejected_collector_is_a_business_answer()
    {
        var (status, body) = await AskAsync("inquire", Requests.Inquiry(Requests.RejectedCollector));

        Assert.Equal((401, "0025"), (status, Text(body, "responseCode")));
        await BreachedAsync();
    }

    [Theory]
    [InlineData("echo", "traceId")]
    [InlineData("echo", "vendorId")]
    [InlineData("inquire", "acquirerId")]
    [InlineData("inquire", "cardEntryMode")]
    [InlineData("inquire", "postTaxBasketAmount")]
    public async Task A_missing_field_is_refused_by_its_name_and_recorded(string path, string field)
    {
        var request = path == "echo" ? Requests.Echo() : Requests.Inquiry();
        request.Remove(field);

        var (status, body) = await AskAsync(path, request);

        Assert.Equal((400, "0035"), (status, Text(body, "responseCode")));
        Assert.Contains(field, Text(body, "message"), StringComparison.Ordinal);
        await BreachedAsync("invalid-request");
    }

    [Theory]
    [InlineData("dateTime", "1972-07-16T13:32:00+04:00")]
    [InlineData("postTaxBasketAmount", "16.1")]
    [InlineData("collectorNumber", "123")]
    [InlineData("instantMessage", "english")]
    public async Task A_badly_formed_value_is_refused_by_the_name_of_its_field(string field, string value)
    {
        var request = Requests.Inquiry();
        request[field] = value;

        var (status, body) = await AskAsync("inquire", request);

        Assert.Equal(400, status);
        Assert.Contains(field, Text(body, "message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("inquire")]
    public async Task A_key_is_refused_and_recorded(string path)
    {
        var request = path == "echo" ? Requests.Echo() : Requests.Inquiry();

        using var answer = await Simulator.SendAsync($"/checkout/amcash/{path}", request.ToJsonString(), RunningSimulator.NewKey());

        Assert.Equal(400, (int)answer.StatusCode);
        await BreachedAsync("invalid-request");
    }

    async Task WithoutOfferAsync(JsonObject inquiry)
    {
        var (status, body) = await AskAsync("inquire", inquiry);
        Assert.Equal(200, status);
        Assert.True(body.ContainsKey("cashBalance"));
        Assert.All(Offer, field => Assert.False(body.ContainsKey(field), field));
    }

    async Task<(int Status, JsonObject Body)> AskAsync(string path, JsonObject request)
    {
        using var answer = await Simulator.SendAsync($"/checkout/amcash/{path}", request.ToJsonString(), key: null);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(body)!.AsObject());
    }

    static string Text(JsonObject body, string field) => body[field]!.GetValue<string>();
}

using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.AmCash;

/// <summary>
/// By a shop over the broker, by an operator over the ops site and the command line; always the same worker, and the same rules of what may
/// be shown.
/// </summary>
[Collection(nameof(CashSystem))]
public sealed class When_balances_are_inquired(CashSystem cash)
{
    const string Collector = "80085102028";
    const string Question = $$"""{ "collectorNumber": "{{Collector}}", "amount": 16.12, "cardEntryMode": "SCAN" }""";

    [Theory]
    [InlineData("0000", true, true)]
    [InlineData("0001", false, true)]
    [InlineData("0005", false, false)]
    [InlineData("0006", true, false)]
    [InlineData("0051", true, false)]
    public async Task A_shop_is_told_what_it_may_show_and_offer(string code, bool balances, bool offer)
    {
        await ScriptAsync(code, 1);
        await using var shop = new Shop(cash.System.Vhost);

        var (type, answer) = await shop.AskAsync(Question);

        Assert.Equal(("BalanceInquired", code, "2028"), (type, Text(answer, "responseCode"), Text(answer, "collectorLast4")));
        var display = answer.GetProperty("display");
        Assert.Equal(
            (balances, false, offer),
            (Flag(display, "balancesOnReceipt"), Flag(display, "balancesOnTerminal"), Flag(display, "offerRedemption"))
        );
        Assert.Equal((balances, offer), (answer.TryGetProperty("cashBalance", out _), answer.TryGetProperty("offer", out _)));
        // Plain numbers, as JSON has them.
        if (balances)
            Assert.Equal(
                (120, 10m),
                (answer.GetProperty("cashBalance").GetInt32(), answer.GetProperty("availableDollarAmount").GetDecimal())
            );
        if (offer)
            Assert.Equal(
                (1, 10.00m),
                (
                    answer.GetProperty("offer").GetProperty("availableUnits").GetInt32(),
                    answer.GetProperty("offer").GetProperty("unitDollars").GetDecimal()
                )
            );
        Assert.DoesNotContain(Collector, answer.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0002", 1, "refused", "collector", 422)]
    [InlineData("0008", 2, "unavailable", "escalation", 503)]
    [InlineData("0009", 1, "refused", "collector", 422)]
    [InlineData("0025", 1, "refused", "collector", 422)]
    [InlineData("0035", 1, "invalid", "operator", 422)]
    [InlineData("0067", 1, "later", "caller", 503)]
    [InlineData("0096", 2, "unavailable", "escalation", 503)]
    [InlineData("0042", 1, "undocumented", "operator", 502)]
    public async Task A_no_says_who_has_to_act_to_the_shop_and_to_the_operator(
        string code,
        int calls,
        string outcome,
        string actor,
        int status
    )
    {
        await using var shop = new Shop(cash.System.Vhost);
        await ScriptAsync(code, 2 * calls);
        Assert.Equal(
            2 * calls,
            await cash.CallsDuringAsync(async () =>
            {
                var (type, answer) = await shop.AskAsync(Question, contentType: null);
                Assert.Equal(
                    ("BalanceInquiryFailed", code, outcome, actor),
                    (type, Text(answer, "responseCode"), Text(answer, "outcome"), Text(answer, "actor"))
                );
                Assert.False(Flag(answer.GetProperty("display"), "balancesOnReceipt"));

                var (answered, problem) = await cash.PostAsync("/api/v1/inquire", JsonDocument.Parse(Question).RootElement);
                Assert.Equal(
                    (status, code, actor),
                    (answered, Text(problem.GetProperty("inquiry"), "responseCode"), Text(problem.GetProperty("inquiry"), "actor"))
                );
            })
        );
    }

    [Fact]
    public async Task In_an_outage_the_issuer_is_left_alone_until_it_answers_an_echo()
    {
        await using var shop = new Shop(cash.System.Vhost);
        await ScriptAsync("0092", 1);
        Assert.Equal(
            1,
            await cash.CallsDuringAsync(async () =>
            {
                for (var count = 0; count < 3; count++)
                    Assert.Equal(
                        ("0092", "outage"),
                        await shop.AskAsync(Question) is var (_, answer) ? (Text(answer, "responseCode"), Text(answer, "outcome")) : default
                    );
            })
        );

        Assert.Equal(0, (await cash.LoyaltyAsync("echo")).ExitCode);
        Assert.Equal("BalanceInquired", (await shop.AskAsync(Question)).Type);
    }

    [Theory]
    [InlineData(
        """{ "collectorNumber": "80085102028", "amount": 16.123, "cardEntryMode": "SCAN" }""",
        "amount must be 0 or more and at most 10,000,000, with at most 2 decimal places"
    )]
    [InlineData(
        """{ "collectorNumber": "123", "amount": -1, "cardEntryMode": "KEYED" }""",
        "collectorNumber must be 11 digits and start with 8; amount must be 0 or more"
    )]
    [InlineData(
        """{ "collectorNumber": "80085102028", "amount": 1, "cardEntryMode": "SCAN", "sponsorCode": "ELSE" }""",
        "sponsorCode is none of this partner's"
    )]
    [InlineData("""{ "collectorNumber": """, "is not valid JSON")]
    [InlineData("""[]""", "The body must be a JSON object")]
    public async Task A_question_that_breaks_the_contract_is_answered_with_its_fields_and_not_asked(string question, string sentence)
    {
        await using var shop = new Shop(cash.System.Vhost);
        Assert.Equal(
            0,
            await cash.CallsDuringAsync(async () =>
            {
                var (type, answer) = await shop.AskAsync(question);
                Assert.Equal(("BalanceInquiryFailed", "invalid", "caller"), (type, Text(answer, "outcome"), Text(answer, "actor")));
                Assert.Contains(sentence, Text(answer, "reason"), StringComparison.Ordinal);
            })
        );
    }

    [Fact]
    public async Task A_question_that_nobody_can_be_answered_on_is_a_dead_letter_and_not_asked()
    {
        await using var shop = new Shop(cash.System.Vhost);
        Assert.Equal(
            0,
            await cash.CallsDuringAsync(async () =>
            {
                await shop.AskIntoTheBlueAsync(Question);
                await Eventually.SeeAsync(
                    () => Task.FromResult(cash.System.DeadLetters.All.ToList()),
                    letters =>
                        letters.Exists(letter =>
                            letter.Headers["loyalty-kind"] == "invalid"
                            && letter.Headers["loyalty-reason"].Contains("set reply_to", StringComparison.Ordinal)
                        ),
                    "the dead letter"
                );
            })
        );
    }

    [Fact]
    public async Task MassTransits_envelope_is_read_as_well()
    {
        await using var shop = new Shop(cash.System.Vhost);
        var (type, answer) = await shop.AskAsync(
            $$"""{ "messageId": "{{Guid.NewGuid()}}", "messageType": ["urn:message:Loyalty.Messaging.Contracts:InquireBalance"], "message": {{Question}} }""",
            "application/vnd.masstransit+json"
        );
        Assert.Equal(("BalanceInquired", "0000"), (type, Text(answer, "responseCode")));

        (type, answer) = await shop.AskAsync("""{ "messageType": [] }""", "application/vnd.masstransit+json");
        Assert.Equal("BalanceInquiryFailed", type);
        Assert.Contains("message is required", Text(answer, "reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_shows_a_person_and_a_program_what_may_be_shown()
    {
        var person = await cash.LoyaltyAsync("inquire", "--collector", Collector, "--amount", "16.12");
        Assert.Equal((0, ""), (person.ExitCode, person.Errors));
        Assert.Contains("Collector *******2028: 0000 approved", person.Printed, StringComparison.Ordinal);
        Assert.Contains("Cash miles: 120", person.Printed, StringComparison.Ordinal);
        Assert.Contains("1 units of 95 miles for 10.00 dollars (RGL 1111111111)", person.Printed, StringComparison.Ordinal);

        await ScriptAsync("0005", 1);
        var suppressed = await cash.LoyaltyAsync("inquire", "--collector", Collector, "--amount", "16.12", "--entry", "PREREGISTERED");
        Assert.Equal(0, suppressed.ExitCode);
        Assert.Contains("Balances must not be shown", suppressed.Printed, StringComparison.Ordinal);
        Assert.Contains("Redemption must not be offered", suppressed.Printed, StringComparison.Ordinal);

        await ScriptAsync("0002", 1);
        var refused = await cash.LoyaltyAsync("inquire", "--collector", Collector, "--amount", "16.12", "--json");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Errors));
        Assert.Equal(
            ("0002", "2028"),
            (Text(refused.Json.GetProperty("inquiry"), "responseCode"), Text(refused.Json.GetProperty("inquiry"), "collectorLast4"))
        );

        var invalid = await cash.LoyaltyAsync("inquire", "--collector", "123", "--amount", "16.123");
        Assert.Equal(1, invalid.ExitCode);
        Assert.Contains(
            "collectorNumber must be 11 digits and start with 8; amount must be 0 or more",
            invalid.Errors,
            StringComparison.Ordinal
        );
        Assert.All(
            [person, suppressed, refused, invalid],
            run => Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), run.Printed + run.Errors)
        );
        Assert.DoesNotContain(
            Collector,
            string.Concat(cash.System.Applications.Select(application => application.Output)),
            StringComparison.Ordinal
        );
    }

    Task ScriptAsync(string code, int times) =>
        cash.System.Issuer.ScriptAsync(
            new
            {
                match = new { path = "inquire" },
                times,
                answer = new { responseCode = code },
            }
        );

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    static bool Flag(JsonElement json, string name) => json.GetProperty(name).GetBoolean();
}

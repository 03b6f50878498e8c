using Loyalty.Messaging.AirMiles.AmCash;
using Loyalty.Messaging.ContractTests.Simulator;
using Xunit;

namespace Loyalty.Messaging.ContractTests.AmCash;

public sealed class When_the_issuer_is_echoed
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A code, its outcome, who acts, and how often is asked when it is the answer for ever.</summary>
    [Theory]
    [InlineData("0000", AmCashOutcome.Answered, AmCashActor.Nobody, 1)]
    [InlineData("0008", AmCashOutcome.Unavailable, AmCashActor.Escalation, 2)]
    [InlineData("0035", AmCashOutcome.Invalid, AmCashActor.Operator, 1)]
    [InlineData("0092", AmCashOutcome.Outage, AmCashActor.Caller, 1)]
    [InlineData("0096", AmCashOutcome.Unavailable, AmCashActor.Escalation, 2)]
    [InlineData("0001", AmCashOutcome.Undocumented, AmCashActor.Operator, 1)] // INQUIRE's alone
    [InlineData("0042", AmCashOutcome.Undocumented, AmCashActor.Operator, 1)]
    public async Task Each_code_has_its_meaning(string code, AmCashOutcome outcome, AmCashActor actor, int calls)
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("echo", null, $$"""{ "responseCode": "{{code}}" }""");

        var result = await issuer.Client.EchoAsync(Token);

        Assert.Equal(
            (code, outcome, actor, calls),
            (result.Verdict.Code, result.Verdict.Outcome, result.Verdict.Actor, result.Exchange.Calls)
        );
        Assert.NotEmpty(result.Exchange.Message!);
        Assert.Matches("^[0-9]{12}$", result.Exchange.TraceId);
        await issuer.AskedAsync(calls, tokens: 1);
        // The repetition is the same request.
        Assert.Single((await issuer.CallsAsync()).Select(call => call["bodySha256"]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public void Every_documented_code_has_its_row() =>
        Assert.Equal(
            ["0000", "0001", "0002", "0005", "0006", "0008", "0009", "0025", "0035", "0051", "0067", "0092", "0096"],
            AmCashCodes.All.Select(verdict => verdict.Code)
        );

    [Theory]
    [InlineData("0008")]
    [InlineData("0096")]
    public async Task A_repetition_that_succeeds_is_a_yes(string code)
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("echo", 1, $$"""{ "responseCode": "{{code}}" }""");

        var result = await issuer.Client.EchoAsync(Token);

        Assert.True(result.Verdict.Outcome == AmCashOutcome.Answered);
        await issuer.AskedAsync(calls: 2, tokens: 1);
    }

    [Theory]
    [InlineData("""{ "kind": "reset" }""")]
    [InlineData("""{ "kind": "truncate" }""")]
    [InlineData("""{ "kind": "html" }""")]
    [InlineData("""{ "kind": "never" }""")]
    [InlineData("""{ "kind": "huge", "megabytes": 1 }""")]
    [InlineData("""{ "status": 502, "body": "bad gateway" }""")]
    [InlineData("""{ "status": 200, "body": { "message": "Approved" } }""")]
    [InlineData("""{ "status": 200, "body": [] }""")]
    public async Task A_missing_answer_counts_as_0096(string answer)
    {
        await using var issuer = await CashIssuer.StartAsync(("AttemptTimeout", "00:00:00.500"));
        await issuer.ScriptAsync("echo", null, answer);

        var result = await issuer.Client.EchoAsync(Token);

        Assert.Equal(("0096", AmCashOutcome.Unavailable, 2), (result.Verdict.Code, result.Verdict.Outcome, result.Exchange.Calls));
        await issuer.AskedAsync(calls: 2, tokens: 1);
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_renewed_once()
    {
        await using var issuer = await CashIssuer.StartAsync();
        Assert.True((await issuer.Client.EchoAsync(Token)).Verdict.Outcome == AmCashOutcome.Answered);
        await RevokeAsync(issuer.Simulator);

        Assert.True((await issuer.Client.EchoAsync(Token)).Verdict.Outcome == AmCashOutcome.Answered);

        await issuer.AskedAsync(calls: 3, tokens: 2);
    }

    [Fact]
    public async Task A_token_that_is_never_good_is_no_loop()
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("echo", null, """{ "status": 401, "body": { "message": "Missing or invalid Bearer token" } }""");

        var result = await issuer.Client.EchoAsync(Token);

        Assert.Equal(
            (AmCashOutcome.Unauthorized, AmCashActor.Operator, 401),
            (result.Verdict.Outcome, result.Verdict.Actor, result.Exchange.Status)
        );
        await issuer.AskedAsync(calls: 2, tokens: 2);
    }

    [Theory]
    [InlineData(401, 1)] // our credentials: no repetition helps
    [InlineData(503, 2)]
    public async Task Without_a_token_nothing_is_sent(int status, int tokens)
    {
        await using var issuer = await CashIssuer.StartAsync();
        await issuer.ScriptAsync("token", null, $$"""{ "status": {{status}} }""");

        var result = await issuer.Client.EchoAsync(Token);

        Assert.Equal((AmCashOutcome.Unauthorized, 0), (result.Verdict.Outcome, result.Exchange.Calls));
        await issuer.AskedAsync(calls: 0, tokens);
    }

    [Fact]
    public async Task What_is_not_configured_is_named_and_not_sent()
    {
        await using var issuer = await CashIssuer.StartAsync(("StoreId", null), ("VendorId", " "));

        var result = await issuer.Client.EchoAsync(Token);

        Assert.Equal(
            (AmCashOutcome.Invalid, "not configured: AirMiles__StoreId, AirMiles__VendorId"),
            (result.Verdict.Outcome, result.Exchange.Message)
        );
        await issuer.AskedAsync(calls: 0, tokens: 0);
    }

    static async Task RevokeAsync(RunningSimulator simulator)
    {
        using var answer = await simulator.Http.PostAsync("/simulator/tokens/revoke", null, Token);
        answer.EnsureSuccessStatusCode();
    }
}

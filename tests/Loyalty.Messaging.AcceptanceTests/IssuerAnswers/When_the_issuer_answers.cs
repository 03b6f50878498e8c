using System.Text.Json.Nodes;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>
/// A row per answer of the table in src/issuer/Loyalty.Messaging.AirMiles/README.md, for POST/EVENT and for REVERSE/EVENT, end to end.
/// </summary>
public sealed class When_the_issuer_answers(ImpatientSystem impatient) : IClassFixture<ImpatientSystem>
{
    static int _collectors;
    readonly LoyaltySystem _system = impatient.System;

    /// <summary>
    /// Name, how often the answer is given (0: always), the answer, the state in the end, requests that reach the issuer.
    /// </summary>
    public static TheoryData<string, int, string, string, int> Answers =>
        new()
        {
            { "200", 1, """{}""", "Done", 1 },
            { "200-pending", 1, """{"pendingStatus":true}""", "Pending", 1 },
            { "202", 1, """{"status":202}""", "Pending", 1 },
            { "400", 1, """{"status":400}""", "Rejected", 1 },
            { "422", 1, """{"status":422}""", "Rejected", 1 },
            { "401-token", 1, """{"status":401,"body":{"message":"invalid token"}}""", "Done", 2 },
            { "401-token-for-ever", 0, """{"status":401,"body":{"message":"invalid token"}}""", "Suspended", 6 },
            { "401-business", 1, """{"status":401,"body":{"responseCode":"0025","message":"Invalid collector number"}}""", "Rejected", 1 },
            { "403", 1, """{"status":403}""", "Done", 2 },
            { "403-for-ever", 0, """{"status":403}""", "Suspended", 3 },
            { "404", 1, """{"status":404}""", "Done", 2 },
            { "408", 2, """{"status":408}""", "Done", 3 },
            { "409", 2, """{"status":409}""", "Done", 3 },
            { "429", 2, """{"status":429}""", "Done", 3 },
            { "429-seconds", 1, """{"status":429,"headers":{"Retry-After":"1"}}""", "Done", 2 },
            { "429-past-date", 1, """{"status":429,"headers":{"Retry-After":"Sat, 01 Jan 2022 00:00:00 GMT"}}""", "Done", 2 },
            { "429-beyond-numbers", 1, """{"status":429,"headers":{"Retry-After":"99999999999999"}}""", "Done", 2 },
            { "429-word", 1, """{"status":429,"headers":{"Retry-After":"soon"}}""", "Done", 2 },
            { "500-before-the-effect", 2, """{"status":500}""", "Done", 3 },
            { "500-after-the-effect", 2, """{"status":500,"effect":"before"}""", "Done", 3 },
            { "500-needs-a-durable-try", 4, """{"status":500}""", "Done", 5 },
            { "500-for-ever", 0, """{"status":500}""", "Suspended", 9 },
            { "500-cached", 1, """{"status":500,"cache":true}""", "Suspended", 9 },
            { "400-cached", 1, """{"status":400,"cache":true}""", "Rejected", 1 },
            { "502", 2, """{"status":502}""", "Done", 3 },
            { "504-after-the-effect", 1, """{"status":504,"effect":"before"}""", "Done", 2 },
            { "timeout-before-the-effect", 1, """{"kind":"never"}""", "Done", 2 },
            { "timeout-after-the-effect", 1, """{"kind":"never","effect":"before"}""", "Done", 2 },
            { "late", 1, """{"delay":300}""", "Done", 1 },
            { "reset", 1, """{"kind":"reset"}""", "Done", 2 },
            { "reset-after-the-effect", 1, """{"kind":"reset","effect":"before"}""", "Done", 2 },
            { "truncated", 1, """{"kind":"truncate"}""", "Done", 2 },
            { "html", 1, """{"kind":"html"}""", "Done", 2 },
            { "gigabyte", 1, """{"kind":"huge","megabytes":1024}""", "Done", 2 },
            { "drip", 1, """{"kind":"slow-drip","dripInterval":"00:00:00.2"}""", "Done", 2 },
            { "redirect", 1, """{"kind":"redirect"}""", "Done", 2 },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task To_an_order(string name, int times, string answer, string state, int requests)
    {
        var order = $"A-{name}";
        await ScriptAsync($"I-{order}", times, answer);
        await _system.Commerce.CompleteAsync(Commerce.Order(order, NextCollector()));
        await _system.OrderIsAsync(order, state == "Done" ? "Issued" : state);
        await ReachedAsync($"I-{order}", requests, state is "Done" or "Pending");
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task To_a_refund(string name, int times, string answer, string state, int requests)
    {
        var order = $"B-{name}";
        await ScriptAsync($"R-{order}F", times, answer);
        await _system.Commerce.CompleteAsync(Commerce.Order(order, NextCollector()));
        await _system.OrderIsAsync(order, "Issued");
        await _system.Commerce.RefundAsync(Commerce.FullRefund($"{order}F", order));
        await _system.RefundIsAsync($"{order}F", state == "Done" ? "Reversed" : state);
        await ReachedAsync($"R-{order}F", requests, state is "Done" or "Pending");
    }

    /// <summary>The token is no good any more, and the token endpoint answers this way: nothing is sent without a token.</summary>
    [Theory]
    [InlineData("token-away", 2, """{"status":503}""", "Issued")]
    [InlineData("token-slow", 1, """{"kind":"never"}""", "Issued")]
    [InlineData("client-refused", 0, """{"status":401}""", "Suspended")]
    public async Task With_no_token(string name, int times, string answer, string state)
    {
        await _system.Issuer.ScriptAsync(
            new
            {
                match = new { path = "token" },
                times = times == 0 ? (int?)null : times,
                answer = JsonNode.Parse(answer),
            }
        );
        await _system.Issuer.RevokeTokensAsync();
        await _system.Commerce.CompleteAsync(Commerce.Order($"T-{name}", NextCollector()));
        await _system.OrderIsAsync($"T-{name}", state);
        await _system.Issuer.ForgetScriptsAsync();
        var attempts = await _system.Issuer.AttemptsAsync($"I-T-{name}");
        Assert.Single(attempts.Select(attempt => (attempt.IdempotencyKey, attempt.BodySha256)).Distinct());
    }

    async Task ScriptAsync(string clientTransactionId, int times, string answer) =>
        await _system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId },
                times = times == 0 ? (int?)null : times,
                answer = JsonNode.Parse(answer),
            }
        );

    /// <summary>Every request carried the same key and bytes, and the effect is there once or not at all.</summary>
    async Task ReachedAsync(string clientTransactionId, int requests, bool effect)
    {
        var attempts = await _system.Issuer.AttemptsAsync(clientTransactionId);
        Assert.Equal(requests, attempts.Count);
        Assert.Single(attempts.Select(attempt => (attempt.IdempotencyKey, attempt.BodySha256)).Distinct());
        Assert.Equal(effect ? 1 : 0, (await _system.Issuer.LedgerAsync()).Count(row => row.ClientTransactionId == clientTransactionId));
    }

    static string NextCollector() => $"8111{Interlocked.Increment(ref _collectors):0000000}";
}

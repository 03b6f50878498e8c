using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>One test for each row of the table in the room's README.</summary>
public sealed class When_the_issuer_answers
{
    const string Pending =
        """{"clientTransactionId":"W-1","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":"8","offerId":22,"status":"pending","new":[]}],"transactionId":"T-1"}""";

    [Fact]
    public async Task A_200_is_a_yes()
    {
        var issuer = new IssuerStub();

        var result = await issuer.PostAsync();

        var accepted = Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.False(accepted.Pending);
        Assert.Equal("93a1237c-545c-4f16-96e5-4d890c903bd9", accepted.TransactionId);
        Assert.Equal(new IssuanceStatus("STANDARD", "22", 8, "ISSUED"), Assert.Single(accepted.Issuances));
        var attempt = Assert.Single(result.Attempts);
        Assert.Equal(200, attempt.Status);
        Assert.Null(attempt.Failure);
        Assert.Equal(IssuerStub.Yes, attempt.Response);
    }

    [Fact]
    public async Task A_200_with_a_pending_issuance_is_pending()
    {
        var result = await new IssuerStub().Then(200, Pending).PostAsync();

        var accepted = Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.True(accepted.Pending);
        Assert.Equal(new IssuanceStatus("STANDARD", "22", 8, "pending"), Assert.Single(accepted.Issuances));
    }

    [Theory]
    [InlineData("")]
    [InlineData(IssuerStub.Yes)]
    public async Task A_202_is_pending_whatever_its_body(string body)
    {
        var result = await new IssuerStub().Then(202, body).PostAsync();

        Assert.True(Assert.IsType<CallOutcome.Accepted>(result.Outcome).Pending);
        Assert.Single(result.Attempts);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task A_400_is_the_final_no_with_the_issuers_words_masked(int status)
    {
        var issuer = new IssuerStub().Then(status, """{"responseCode":"0025","message":"collector 80085102028 unknown"}""");

        var result = await issuer.PostAsync();

        Assert.Equal(new CallOutcome.Rejected(status, "0025", "collector *******2028 unknown"), result.Outcome);
        Assert.Equal("0025", Assert.Single(result.Attempts).ResponseCode);
        Assert.DoesNotContain("80085102028", result.Attempts[0].Response, StringComparison.Ordinal);
        Assert.Single(issuer.Calls);
    }

    [Theory]
    [InlineData("", "the issuer answered 400 and gave no reason")]
    [InlineData("""{"errors":[{"message":"a"},"b"]}""", "a; b")]
    [InlineData("plain words", "plain words")]
    public async Task A_400_may_give_its_reason_in_other_ways(string body, string reason)
    {
        var result = await new IssuerStub().Then(400, body).PostAsync();

        Assert.Equal(reason, Assert.IsType<CallOutcome.Rejected>(result.Outcome).Reason);
    }

    /// <summary>By the handler, say, or a proxy in it; it may have been sent.</summary>
    [Fact]
    public async Task A_request_that_somebody_else_cancels_is_unknown_and_no_exception()
    {
        var issuer = new IssuerStub();
        for (var tries = 0; tries < 3; tries++)
            issuer.Then(_ => throw new OperationCanceledException("not by us"));

        var result = await issuer.PostAsync();

        Assert.Contains("the connection failed", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.True(result.EffectUnknown);
        Assert.Equal(3, result.Attempts.Count);
    }

    [Fact]
    public async Task A_401_is_sent_once_more_with_a_new_token_and_costs_no_try()
    {
        var issuer = new IssuerStub().Then(401).Then(500).Then(500).Then(200, IssuerStub.Yes);

        var result = await issuer.PostAsync();

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.Equal(
            ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-2"],
            issuer.Calls.Select(call => call.Authorization)
        );
        Assert.Equal([401, 500, 500, 200], result.Attempts.Select(attempt => attempt.Status!.Value));
    }

    [Fact]
    public async Task A_second_401_is_unresolved()
    {
        var issuer = new IssuerStub().Then(401).Then(401, "<html>");

        var unresolved = Assert.IsType<CallOutcome.Unresolved>((await issuer.PostAsync()).Outcome);

        Assert.Contains("the issuer refuses our token", unresolved.Reason, StringComparison.Ordinal);
        Assert.Equal(2, issuer.Calls.Count);
    }

    [Fact]
    public async Task The_token_is_renewed_once_per_call()
    {
        var issuer = new IssuerStub().Then(401).Then(500).Then(401);

        Assert.IsType<CallOutcome.Unresolved>((await issuer.PostAsync()).Outcome);
        Assert.Equal(3, issuer.Calls.Count);
    }

    [Fact]
    public async Task A_401_with_a_responseCode_is_about_the_collector()
    {
        var issuer = new IssuerStub().Then(401, """{"responseCode":"0002","message":"inactive"}""");

        Assert.Equal(new CallOutcome.Rejected(401, "0002", "inactive"), (await issuer.PostAsync()).Outcome);
        Assert.Single(issuer.TokenRequests);
    }

    [Theory]
    [InlineData(403, "does not let us in")]
    [InlineData(404, "AirMiles__BaseAddress")]
    [InlineData(302, "never followed")]
    [InlineData(415, "does not document")]
    public async Task What_no_repetition_can_cure_is_unresolved_at_once(int status, string words)
    {
        var issuer = new IssuerStub().Then(status);

        var unresolved = Assert.IsType<CallOutcome.Unresolved>((await issuer.PostAsync()).Outcome);

        Assert.Contains(words, unresolved.Reason, StringComparison.Ordinal);
        Assert.Single(issuer.Calls);
    }

    [Theory]
    [InlineData(408, "")]
    [InlineData(409, "")]
    [InlineData(429, "")]
    [InlineData(500, """{"message":"for 80085102028"}""")]
    [InlineData(502, "<html>")]
    [InlineData(504, "")]
    [InlineData(204, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>welcome</html>")]
    [InlineData(200, """{"clientTransactionId":"W-1","issu""")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"transactionId":"\ud800"}""")]
    [InlineData(200, """{"ok":true}""")]
    public async Task What_is_temporary_or_unknown_is_tried_three_times(int status, string body)
    {
        var issuer = new IssuerStub().Then(status, body).Then(status, body).Then(status, body);

        var result = await issuer.PostAsync();

        var unresolved = Assert.IsType<CallOutcome.Unresolved>(result.Outcome);
        Assert.StartsWith($"{status}", unresolved.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("80085102028", unresolved.Reason, StringComparison.Ordinal);
        Assert.Equal(3, issuer.Calls.Count);
        Assert.All(result.Attempts, attempt => Assert.NotNull(attempt.Failure));
    }

    [Fact]
    public async Task A_reset_and_a_timeout_are_tried_again()
    {
        var issuer = new IssuerStub()
            .Then(_ => throw new HttpRequestException("reset"))
            .Then(async cancellationToken =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return IssuerStub.Answer(200);
            });

        var result = await issuer.PostAsync(("AttemptTimeout", "00:00:00.1"));

        Assert.IsType<CallOutcome.Accepted>(result.Outcome);
        Assert.Equal([null, null, 200], result.Attempts.Select(attempt => attempt.Status));
        Assert.Contains("reset", result.Attempts[0].Failure, StringComparison.Ordinal);
        Assert.Contains("00:00:00.1", result.Attempts[1].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_attempt_sends_the_same_bytes_and_key()
    {
        var issuer = new IssuerStub().Then(500).Then(401).Then(200, "broken");

        await issuer.PostAsync();

        Assert.Equal(4, issuer.Calls.Count);
        Assert.All(
            issuer.Calls,
            call =>
            {
                Assert.Equal(HttpMethod.Post, call.Method);
                Assert.Equal("https://issuer.test/checkout/issuance/post/event", call.Address);
                Assert.Equal("application/json", call.ContentType);
                Assert.Equal(IssuerStub.Call.Body.ToArray(), call.Body);
                Assert.Equal(IssuerStub.Call.IdempotencyKey.ToString(), call.Key);
            }
        );
    }

    [Fact]
    public async Task A_reversal_goes_to_reverse_event()
    {
        var issuer = new IssuerStub();
        await using var services = issuer.Services(null, ("BaseAddress", "https://issuer.test/api"));

        await services.GetRequiredService<IAirMilesClient>().ReverseEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);

        Assert.Equal("https://issuer.test/api/checkout/issuance/reverse/event", Assert.Single(issuer.Calls).Address);
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown()
    {
        using var cancelled = new CancellationTokenSource();
        var issuer = new IssuerStub().Then(cancellationToken =>
        {
            cancelled.Cancel();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(IssuerStub.Answer(200));
        });
        await using var services = issuer.Services();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            services.GetRequiredService<IAirMilesClient>().PostEventAsync(IssuerStub.Call, cancelled.Token)
        );
    }
}

using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>Answers go into journals: bounded, masked, storable.</summary>
public sealed class When_an_answer_is_kept
{
    [Fact]
    public async Task An_answer_longer_than_the_bound_is_broken()
    {
        var issuer = new IssuerStub();
        for (var count = 0; count < 3; count++)
            issuer.Then(200, $$"""{"transactionId":"T","padding":"{{new string('x', 300 * 1024)}}"}""");

        var result = await issuer.PostAsync();

        Assert.Contains("262144 bytes", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.All(result.Attempts, attempt => Assert.Null(attempt.Response));
    }

    [Fact]
    public async Task What_is_kept_of_an_answer_can_be_stored()
    {
        var result = await new IssuerStub()
            .Then(400, $$"""{"message":"nul \u0000 {{string.Concat(Enumerable.Repeat("😀", 400))}}"}""" + "\0")
            .PostAsync();

        var rejected = Assert.IsType<CallOutcome.Rejected>(result.Outcome);
        Assert.DoesNotContain('\0', rejected.Reason);
        Assert.DoesNotContain('\0', result.Attempts[0].Response!);
        Assert.Equal(rejected.Reason, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(rejected.Reason)));
    }

    [Fact]
    public async Task What_is_kept_of_an_answer_is_at_most_two_kilobytes()
    {
        var result = await new IssuerStub().Then(400, new string('€', 5000)).PostAsync();

        Assert.Equal(new string('€', 682), Assert.Single(result.Attempts).Response);
    }
}

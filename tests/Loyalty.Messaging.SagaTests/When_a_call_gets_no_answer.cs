using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>The durable tries: how many, after which waits, and what they change.</summary>
public sealed class When_a_call_gets_no_answer
{
    static readonly SagaTiming TwoTries = new() { RetryDelays = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)] };

    [Fact]
    public async Task It_is_made_again_with_the_same_key_and_bytes_and_suspended_after_the_last_try()
    {
        await using var scenario = await OrderedAsync("T-1", TwoTries, StubIssuer.Unresolved);
        var order = await scenario.OrderIsAsync("T-1", "Suspended");
        Assert.Equal(3, scenario.Issuer.Calls.Count);
        Assert.Single(
            scenario.Issuer.Calls.Select(call => (call.Call.IdempotencyKey, Convert.ToHexString(call.Call.Body.Span))).Distinct()
        );
        Assert.Null(order.TimerToken);
        Assert.True(await scenario.Harness.Published.Any<MilesIssuanceSuspended>());
    }

    [Fact]
    public async Task A_refund_is_tried_again_as_an_order_is()
    {
        await using var scenario = await OrderedAsync(
            "T-2",
            TwoTries,
            StubIssuer.Accepted,
            StubIssuer.Unresolved,
            StubIssuer.Unresolved,
            StubIssuer.Accepted
        );
        await scenario.OrderIsAsync("T-2", "Issued");
        await scenario.PublishAsync(SagaScenario.Refund("T-2F", "T-2", null));
        var refund = await scenario.RefundIsAsync("T-2F", "Reversed");
        Assert.Equal(4, scenario.Issuer.Calls.Count);
        Assert.Null(refund.TimerToken);
    }

    [Fact]
    public async Task A_call_that_was_put_off_counts_as_no_try()
    {
        await using var scenario = await OrderedAsync(
            "T-3",
            new SagaTiming { RetryDelays = [TimeSpan.FromMinutes(1)] },
            StubIssuer.Postponed,
            StubIssuer.Postponed,
            StubIssuer.Postponed,
            StubIssuer.Unresolved,
            StubIssuer.Accepted
        );
        await scenario.OrderIsAsync("T-3", "Issued");
        Assert.Equal(5, scenario.Issuer.Calls.Count);
    }

    [Fact]
    public async Task A_pending_answer_is_asked_about_until_it_is_final()
    {
        await using var scenario = await OrderedAsync(
            "T-4",
            new SagaTiming { RetryDelays = [], ConfirmPendingAfter = TimeSpan.FromHours(1) },
            StubIssuer.AcceptedAsPending,
            StubIssuer.AcceptedAsPending,
            StubIssuer.Unresolved,
            StubIssuer.Accepted
        );
        await scenario.OrderIsAsync("T-4", "Issued");
        Assert.Equal(4, scenario.Issuer.Calls.Count);
        Assert.Single(scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_pending_answer_is_asked_about_no_oftener_than_configured()
    {
        await using var scenario = await OrderedAsync(
            "T-5",
            new SagaTiming
            {
                RetryDelays = [],
                ConfirmPendingAfter = TimeSpan.FromHours(1),
                ConfirmPendingTries = 2,
            },
            StubIssuer.AcceptedAsPending
        );
        await scenario.CallsAreAsync(3);
        await scenario.PublishAsync(SagaScenario.Refund("T-5F", "T-5", null));
        await scenario.RefundIsAsync("T-5F", "Pending"); // Pending is settled: refunds do not wait for the confirmation.
        var order = await scenario.OrderIsAsync("T-5", "Pending");
        Assert.Null(order.TimerToken);
        Assert.Equal(3, scenario.Issuer.Calls.Count(call => call.Operation == "post"));
    }

    [Theory]
    [InlineData(0, null, 60, 72)]
    [InlineData(1, null, 300, 360)]
    [InlineData(0, 30, 60, 72)]
    [InlineData(0, 600, 600, 600)]
    [InlineData(0, 999_999_999, 86_400, 86_400)]
    public void The_wait_is_the_longer_of_ours_and_the_issuers_within_reason(int tries, int? asked, int least, int most)
    {
        var wait = TwoTries.NextTry(tries, asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null, DeterministicId.OfOrder("T-6"));
        Assert.InRange(wait!.Value.TotalSeconds, least, most);
    }

    [Fact]
    public void After_the_last_try_there_is_none() =>
        Assert.Null(TwoTries.NextTry(2, TimeSpan.FromSeconds(1), DeterministicId.OfOrder("T-7")));

    /// <summary>The figures of src/issuer/Loyalty.Messaging.AirMiles/README.md.</summary>
    [Fact]
    public void By_default_there_are_seven_durable_tries_over_about_a_day()
    {
        var timing = new SagaTiming();
        Assert.Equal(7, timing.RetryDelays.Count);
        Assert.InRange(timing.RetryDelays.Sum(delay => delay.TotalHours), 22, 23);
    }

    [Fact]
    public async Task A_refund_whose_order_does_not_come_is_told_of_it_and_goes_on_when_it_comes()
    {
        await using var scenario = await SagaScenario.StartAsync(
            new SagaTiming { RetryDelays = [], OrderExpectedWithin = TimeSpan.FromMinutes(1) },
            StubIssuer.Accepted
        );
        await scenario.PublishAsync(SagaScenario.Refund("T-8F", "T-8", null));
        await TestKit.Eventually.SeeAsync(
            async () => (await scenario.RefundIsAsync("T-8F", "AwaitingIssuance")).Reason,
            reason => reason?.Contains("T-8 has not arrived", StringComparison.Ordinal) == true,
            "the refund to be overdue"
        );
        await scenario.PublishAsync(SagaScenario.Order("T-8"));
        var refund = await scenario.RefundIsAsync("T-8F", "Reversed");
        Assert.Null(refund.Reason);
    }

    [Fact]
    public async Task No_try_that_may_be_the_second_effect_is_set_beyond_the_life_of_its_key()
    {
        await using var scenario = await OrderedAsync(
            "K-1",
            new SagaTiming { RetryDelays = [TimeSpan.FromDays(1)], KeyLifetime = TimeSpan.FromHours(12) },
            StubIssuer.Unresolved
        );
        Assert.Null((await scenario.OrderIsAsync("K-1", "Suspended")).TimerToken);
        await scenario.CallsAreAsync(1);
    }

    [Theory]
    [InlineData(1, 0, 1.0)]
    [InlineData(12, 0, 12.0)]
    [InlineData(12, 15, 8 + (50 / 60.0))]
    [InlineData(12, 19, null)]
    [InlineData(0, 24, null)]
    public void A_last_try_is_set_before_the_end_of_its_key(int wait, int since, double? granted)
    {
        var requested = SagaScenario.Terms.Now;
        var within = new SagaTiming().WithinKeyLifetime(TimeSpan.FromHours(wait), requested, requested.AddHours(since));
        Assert.Equal(
            granted,
            within?.TotalHours ?? (double?)null,
            (expected, actual) => expected is null ? actual is null : actual is not null && Math.Abs(expected.Value - actual.Value) < 0.001
        );
    }

    /// <summary>An order whose calls, and those of its refunds, get these answers one after the other.</summary>
    static async Task<SagaScenario> OrderedAsync(string orderId, SagaTiming timing, params CallOutcome[] answers)
    {
        var scenario = await SagaScenario.StartAsync(timing, answers);
        await scenario.PublishAsync(SagaScenario.Order(orderId));
        return scenario;
    }
}

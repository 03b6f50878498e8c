using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Plausibility;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>Above a limit nothing is sent to the issuer before a person has looked at it.</summary>
public sealed class When_an_order_is_implausible
{
    static readonly DateTimeOffset Now = SagaScenario.Terms.Now;

    [Fact]
    public async Task It_is_held_with_its_refunds_and_issued_once_it_is_approved()
    {
        await using var scenario = await StartAsync(new PlausibilityLimits { MilesPerOrder = 7 });
        await scenario.PublishAsync(SagaScenario.Order("H-1"));
        await scenario.OrderIsAsync("H-1", "Held");
        await scenario.PublishAsync(SagaScenario.Refund("H-1F", "H-1", null));
        await scenario.RefundIsAsync("H-1F", "AwaitingIssuance");
        var held = await scenario.OrderIsAsync("H-1", "Held");
        Assert.Equal(
            (8, "Held: 8 miles are more than one order may earn (7)", null, null),
            (held.Miles, held.Reason, held.ClientTransactionId, held.RequestBody)
        );
        Assert.Empty(scenario.Issuer.Calls);

        Assert.True((await scenario.DecideAsync(OrderDecision.Approve("H-1"))).Accepted);
        var issued = await scenario.OrderIsAsync("H-1", "Issued");
        Assert.Equal((1, null, "I-H-1"), (issued.Revision, issued.Reason, issued.ClientTransactionId));
        await scenario.RefundIsAsync("H-1F", "Reversed");
        Assert.Equal(["post", "reverse"], scenario.Issuer.Calls.Select(call => call.Operation));
        Assert.Contains("not held", (await scenario.DecideAsync(OrderDecision.Approve("H-1"))).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_given_up_without_a_call()
    {
        await using var scenario = await StartAsync(new PlausibilityLimits { MilesPerOrder = 7 });
        await scenario.PublishAsync(SagaScenario.Refund("H-2F", "H-2", null));
        await scenario.OrderIsAsync("H-2", "AwaitingOrder");
        await scenario.PublishAsync(SagaScenario.Order("H-2"));
        await scenario.OrderIsAsync("H-2", "Held");
        Assert.Contains("approve it", (await scenario.DecideAsync(OrderDecision.Retry("H-2"))).Refusal, StringComparison.Ordinal);
        Assert.Contains("new orderId", (await scenario.DecideAsync(OrderDecision.Correct("H-2"))).Refusal, StringComparison.Ordinal);
        Assert.True((await scenario.DecideAsync(OrderDecision.Cancel("H-2"))).Accepted);
        await scenario.OrderIsAsync("H-2", "Cancelled");
        await scenario.RefundIsAsync("H-2F", "NotRequired");
        Assert.Empty(scenario.Issuer.Calls);
    }

    /// <summary>8 miles an order.</summary>
    [Fact]
    public async Task A_collector_who_has_had_much_on_the_day_is_held()
    {
        await using var scenario = await StartAsync(new PlausibilityLimits { MilesPerCollectorAndDay = 20 });
        foreach (var number in Enumerable.Range(1, 2))
        {
            await scenario.PublishAsync(SagaScenario.Order($"H-3{number}"));
            await scenario.OrderIsAsync($"H-3{number}", "Issued");
        }
        await scenario.PublishAsync(SagaScenario.Order("H-33"));
        Assert.Contains("24 miles in one day", (await scenario.OrderIsAsync("H-33", "Held")).Reason, StringComparison.Ordinal);
        await scenario.PublishAsync(SagaScenario.Order("H-34") with { CollectorNumber = "84095202006" });
        await scenario.OrderIsAsync("H-34", "Issued");
    }

    [Theory]
    [InlineData(-366, false)]
    [InlineData(-367, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Days_too_far_away_are_implausible(int days, bool implausible) =>
        Assert.Equal(implausible, new PlausibilityLimits().OfOrder(8, Now.AddDays(days), Now) is not null);

    [Theory]
    [InlineData(100_000, false)]
    [InlineData(100_001, true)]
    public void Too_many_miles_are_implausible(int miles, bool implausible) =>
        Assert.Equal(implausible, new PlausibilityLimits().OfOrder(miles, Now, Now) is not null);

    [Fact]
    public void What_is_switched_off_holds_nothing()
    {
        Assert.Null(PlausibilityLimits.Off.OfOrder(int.MaxValue, DateTimeOffset.MinValue, Now));
        Assert.Null(PlausibilityLimits.Off.OfOrder(1, DateTimeOffset.MaxValue, Now));
        Assert.Null(PlausibilityLimits.Off.OfCollectorAndDay(long.MaxValue));
    }

    [Fact]
    public async Task The_rows_are_asked_only_near_the_limit_and_then_decide()
    {
        var rows = new Rows();
        var days = new CollectorDays(rows);
        var day = new DateOnly(2026, 11, 21);
        Task<long> WithAsync(int miles, DateOnly on) =>
            days.WithAsync("80085102028", [1], on, Guid.NewGuid(), miles, 800, TestContext.Current.CancellationToken);

        Assert.Equal(0, await WithAsync(100, day));
        Assert.Equal(0, rows.Asked);
        Assert.Equal(501, await WithAsync(1, day));
        Assert.Equal(1, rows.Asked);
        Assert.Equal(0, await WithAsync(100, day.AddDays(1)));
        Assert.Equal(1, rows.Asked);
    }

    static Task<SagaScenario> StartAsync(PlausibilityLimits limits) =>
        SagaScenario.StartAsync(SagaScenario.Terms with { Plausibility = limits, CollectorDays = new CollectorDays() });

    sealed class Rows : ICollectorMiles
    {
        public int Asked { get; private set; }

        public Task<long> OfDayAsync(byte[] collectorHash, DateOnly day, Guid except, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(500L);
        }
    }
}

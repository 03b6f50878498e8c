using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

public sealed class When_a_collector_number_is_misread
{
    [Theory]
    [InlineData(CollectorCheckDigit.Off, "80085102029", "Issued")]
    [InlineData(CollectorCheckDigit.Warn, "80085102029", "Issued")]
    [InlineData(CollectorCheckDigit.Refuse, "80085102029", "Rejected")]
    [InlineData(CollectorCheckDigit.Refuse, "80085102028", "Issued")]
    public async Task Its_check_digit_decides_as_it_is_configured(CollectorCheckDigit policy, string number, string state)
    {
        await using var scenario = await SagaScenario.StartAsync(SagaScenario.Terms with { CollectorCheckDigit = policy });
        await scenario.PublishAsync(SagaScenario.Order("C-1") with { CollectorNumber = number });
        var order = await scenario.OrderIsAsync("C-1", state);

        Assert.Equal(state == "Issued" ? 1 : 0, scenario.Issuer.Calls.Count);
        if (state == "Issued")
            return;
        Assert.Contains("check digit", order.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(number, order.Reason, StringComparison.Ordinal);
        Assert.True(await scenario.Harness.Published.Any<MilesIssuanceRejected>(told => told.Context.Message.Reason == order.Reason));
    }
}

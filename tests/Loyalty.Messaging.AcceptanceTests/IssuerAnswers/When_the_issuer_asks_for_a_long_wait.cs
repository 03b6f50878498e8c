using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>On systems of their own: the whole worker waits with the order.</summary>
public sealed class When_the_issuer_asks_for_a_long_wait
{
    [Theory]
    [InlineData("3600", 3500, 3700)]
    [InlineData("99999999", 86_000, 86_500)]
    public async Task It_is_kept_in_the_database_within_reason(string retryAfter, int least, int most)
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["Timing__RetryDelays"] = "00:01:00";
        var worker = await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(
            new
            {
                match = new { clientTransactionId = "I-C-1" },
                answer = new { status = 429, headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } },
            }
        );
        await system.Commerce.CompleteAsync(Commerce.Order("C-1"));
        var due = await Eventually.SeeAsync(
            () =>
                system.Database.ScalarAsync<double?>(
                    """
                    SELECT extract(epoch FROM timer_due_at - now())::float8 FROM issuance WHERE order_id = 'C-1'
                        AND timer_due_at IS NOT NULL
                    """
                ),
            seconds => seconds is not null,
            "a timer"
        );
        Assert.InRange(due!.Value, least, most);
        Assert.Equal("Issuing", await system.OrderStateAsync("C-1"));

        // Nobody waits for hours here: the timer is moved, as a person could, and another worker has heard of no wait.
        await worker.StopAsync();
        await system.Database.RunAsync(
            "UPDATE outbox SET due_at = now() WHERE id = (SELECT timer_token FROM issuance WHERE order_id = 'C-1')"
        );
        await system.StartWorkerAsync();
        await system.OrderIsAsync("C-1", "Issued");
        await Agreement.HoldsAsync(system);
    }
}

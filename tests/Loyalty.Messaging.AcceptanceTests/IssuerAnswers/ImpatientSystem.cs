using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>
/// A system whose times are short: two durable tries a moment apart, a timeout of a second. One case does not pause the others.
/// </summary>
public sealed class ImpatientSystem : IAsyncLifetime
{
    public LoyaltySystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await LoyaltySystem.CreateAsync();
        System.Settings["Timing__RetryDelays"] = "00:00:00.2 00:00:00.2";
        System.Settings["AirMiles__AttemptTimeout"] = "00:00:01";
        System.Settings["AirMiles__BreakerThroughput"] = "10000";
        await System.StartWorkerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await System.Issuer.ForgetScriptsAsync();
            await Agreement.HoldsAsync(System);
        }
        finally
        {
            await System.DisposeAsync();
        }
    }
}

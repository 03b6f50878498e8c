using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>One running system for journeys that do not disturb each other; each uses ids and a collector of its own.</summary>
public sealed class SharedSystem : IAsyncLifetime
{
    public LoyaltySystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await LoyaltySystem.CreateAsync();
        System.Settings["AirMiles__SponsorCodes__0"] = "LOY1";
        await System.StartWorkerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Whatever the journeys did: the issuer must have nothing to complain of.
            await Agreement.HoldsAsync(System);
        }
        finally
        {
            await System.DisposeAsync();
        }
    }
}

[CollectionDefinition(nameof(SharedSystem))]
public sealed class SharedSystemCollection : ICollectionFixture<SharedSystem>;

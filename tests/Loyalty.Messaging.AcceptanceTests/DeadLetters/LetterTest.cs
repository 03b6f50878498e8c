using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>A system with an ops site per test: what one leaves behind, no other sees.</summary>
public abstract class LetterTest : IAsyncLifetime
{
    private protected LetterSystem Letters { get; private set; } = null!;
    private protected LoyaltySystem System => Letters.System;

    public async ValueTask InitializeAsync() => Letters = await StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Letters.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual Task<LetterSystem> StartAsync() => LetterSystem.StartAsync();
}

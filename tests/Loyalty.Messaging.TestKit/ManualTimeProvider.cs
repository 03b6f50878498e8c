namespace Loyalty.Messaging.TestKit;

/// <summary>A clock that stands still until a test moves it. Timers run on the real clock.</summary>
public sealed class ManualTimeProvider(DateTimeOffset now) : TimeProvider
{
    DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}

using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.RabbitMq.Broker;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Lanes;

/// <summary>
/// For how long this worker's lanes are nobody else's. Counted from before the statement that renewed it was sent, so that it ends here
/// before it ends in the database, and by two clocks, of which the one that has gone further counts: the monotonic one goes on while the
/// process is frozen, the wall clock also while the machine is suspended.
/// </summary>
internal sealed class LaneLease(IOptions<AirMilesOptions> airMiles, IOptions<RabbitMqOptions> rabbitMq, TimeProvider time) : IRequestPermit
{
    /// <summary>Clocks of two machines run at slightly different speeds, and a request that is given up takes a moment to end.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    volatile Instant? _begun;

    public TimeSpan Length => airMiles.Value.AttemptTimeout + rabbitMq.Value.LanePatience;

    /// <summary>The lanes may be somebody else's.</summary>
    public bool IsOver => !Lasts(TimeSpan.Zero);

    /// <summary>To be taken before the statement is sent.</summary>
    public Instant Now() => new(time.GetTimestamp(), time.GetUtcNow());

    public void Begin(Instant sent) => _begun = sent;

    public bool Lasts(TimeSpan request)
    {
        if (_begun is not { } begun)
            return false;
        var left = Length - Margin - request;
        return time.GetElapsedTime(begun.Timestamp) < left && time.GetUtcNow() - begun.At < left;
    }

    public sealed record Instant(long Timestamp, DateTimeOffset At);
}

using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>
/// A scheduled outage (0092) means that nothing may be sent. From then on inquiries are answered here, until an ECHO is answered otherwise
/// or the time is over;
/// ECHO itself goes on at its own slow pace, since nothing else would tell the end.
/// </summary>
internal sealed class AmCashOutage(IOptions<AirMilesOptions> options, TimeProvider time)
{
    static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    readonly Lock _gate = new();
    long _declared;
    TimeSpan _lasts;

    public bool IsOn
    {
        get
        {
            lock (_gate)
                return _lasts > TimeSpan.Zero && time.GetElapsedTime(_declared) < _lasts;
        }
    }

    /// <param name="retryAfter">How long the issuer asks us to wait; else the interval of ECHO.</param>
    public void Declare(TimeSpan? retryAfter)
    {
        var lasts = retryAfter is { } asked && asked > TimeSpan.Zero ? asked : options.Value.EchoPace;
        lock (_gate)
            (_declared, _lasts) = (time.GetTimestamp(), lasts < Longest ? lasts : Longest);
    }

    public void End()
    {
        lock (_gate)
            _lasts = TimeSpan.Zero;
    }
}

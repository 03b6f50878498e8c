using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles;

/// <summary>What entitles a request to be sent.</summary>
internal enum Turn
{
    /// <summary>Not at all for now: calls are paused.</summary>
    None,

    /// <summary>As any other: nothing is paused.</summary>
    Free,

    /// <summary>To find out whether the pause is over.</summary>
    Probe,
}

/// <summary>
/// One pause for the whole process. It begins when the issuer declares an outage or asks us to wait, or when half of the requests get no
/// answer; then nothing is sent but one probe at a time, at most one request a second. It ends only by an answer to a probe that could not
/// be given in an outage: a yes or a no to the transaction.
/// </summary>
/// <remarks>Measured on the monotonic clock alone: what somebody does to the wall clock neither prolongs a pause nor ends it.</remarks>
internal sealed class IssuerPause : IIssuerPause
{
    /// <summary>The least time between two requests in a pause.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A Retry-After that asks for more keeps the whole process waiting so long, and then a probe asks again: one strange answer must not
    /// close everything for a day.
    /// </summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    const int MaxProbeSeconds = 15;

    readonly ILogger<IssuerPause> _logger;
    readonly TimeProvider _time;
    readonly RecentFailures _recent;
    readonly Lock _gate = new();
    readonly long _start;
    (DateTimeOffset Since, string Cause)? _pause;
    TimeSpan _askedUntil;
    TimeSpan _nextProbe;
    TimeSpan _nextRequest;
    int _probes;
    bool _probing;

    public IssuerPause(IOptions<AirMilesOptions> options, TimeProvider time, ILogger<IssuerPause> logger)
    {
        (_logger, _time, _start) = (logger, time, time.GetTimestamp());
        _recent = new RecentFailures(options.Value.BreakerThroughput);
        AirMilesTelemetry.ShowPause(() => Paused);
    }

    public bool Paused
    {
        get
        {
            lock (_gate)
                return _pause is not null;
        }
    }

    public DateTimeOffset? Since
    {
        get
        {
            lock (_gate)
                return _pause?.Since;
        }
    }

    public string? Cause
    {
        get
        {
            lock (_gate)
                return _pause?.Cause;
        }
    }

    /// <summary>True until the time is over that the issuer has asked for: not even a probe is sent.</summary>
    public bool AskedToWait
    {
        get
        {
            lock (_gate)
                return Now < _askedUntil;
        }
    }

    TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Whoever gets <see cref="Turn.Probe"/> gives it back by <see cref="End"/>.</summary>
    public Turn Begin()
    {
        lock (_gate)
        {
            if (_pause is null)
                return Turn.Free;
            if (_probing || Now < _nextProbe)
                return Turn.None;
            _probing = true;
            return Turn.Probe;
        }
    }

    /// <summary>
    /// Returns at once, but in a pause: then a second after the request before it. For requests of every kind, those for a token included.
    /// </summary>
    public Task PaceAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = Now;
            var turn = _pause is not null && _nextRequest > now ? _nextRequest : now;
            _nextRequest = turn + ProbeInterval;
            wait = turn - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, _time, cancellationToken) : Task.CompletedTask;
    }

    /// <param name="turn">As <see cref="Begin"/> gave it.</param>
    /// <param name="reading">What has come of it; null when it was cancelled.</param>
    public void End(Turn turn, Reading? reading)
    {
        lock (_gate)
        {
            if (turn == Turn.Probe)
                EndProbe(reading);
            else if (reading is not null)
                Judge(reading);
        }
    }

    /// <summary>Somebody was asked to wait, and so are all.</summary>
    public void Wait(TimeSpan asked, string cause)
    {
        lock (_gate)
        {
            if (Extend(asked))
                Pause(cause);
        }
    }

    void EndProbe(Reading? reading)
    {
        _probing = false;
        if (reading is { Outcome.IsAnswer: true })
        {
            _pause = null;
            _recent.Clear();
            Log.Resumed(_logger);
        }
        else if (reading is not null)
        {
            // One that was cancelled has asked nothing. Any other puts the next one off.
            Extend(reading.AskedToWait);
            ProbeAfter(TimeSpan.FromSeconds(Math.Min(MaxProbeSeconds, 1 << Math.Min(++_probes, 4))));
        }
    }

    void Judge(Reading reading)
    {
        var failing = _recent.Add(Now, reading.Outcome is CallOutcome.Unresolved);
        var asked = Extend(reading.AskedToWait);
        if (reading.OutageDeclared)
            Pause("the issuer declares an outage (503)");
        else if (asked)
            Pause("the issuer asks to wait");
        else if (failing)
            Pause("half of the requests fail");
    }

    bool Extend(TimeSpan asked)
    {
        var until = Now + (asked < LongestRetryAfter ? asked : LongestRetryAfter);
        if (until > _askedUntil)
            _askedUntil = until;
        return asked > TimeSpan.Zero;
    }

    /// <summary>What was on its way when the pause began, and fails too, prolongs it only when it asks for that.</summary>
    void Pause(string cause)
    {
        if (_pause is null)
        {
            (_pause, _probes) = ((_time.GetUtcNow(), cause), 0);
            ProbeAfter(ProbeInterval);
        }
        else if (_nextProbe < _askedUntil)
        {
            _nextProbe = _askedUntil;
        }
    }

    void ProbeAfter(TimeSpan wait)
    {
        var now = Now;
        _nextProbe = now + wait < _askedUntil ? _askedUntil : now + wait;
        Log.Paused(_logger, _pause!.Value.Cause, _nextProbe - now);
    }
}

using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles;

/// <summary>What this process may ask of the issuer at once and per second.</summary>
internal sealed class IssuerThrottle(IOptions<AirMilesOptions> options, TimeProvider time) : IDisposable
{
    readonly SemaphoreSlim _calls = new(options.Value.MaxConcurrency);
    readonly TimeSpan _distance = options.Value.RequestsPerSecond is { } rate ? TimeSpan.FromSeconds(1.0 / rate) : TimeSpan.Zero;
    readonly Lock _gate = new();
    readonly long _start = time.GetTimestamp();
    TimeSpan _next;

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _calls.WaitAsync(cancellationToken);
        return new Place(_calls);
    }

    /// <summary>Waits for the next free moment of RequestsPerSecond.</summary>
    public Task PaceAsync(CancellationToken cancellationToken)
    {
        if (_distance == TimeSpan.Zero)
            return Task.CompletedTask;
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_start);
            var turn = _next > now ? _next : now;
            _next = turn + _distance;
            wait = turn - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }

    public void Dispose() => _calls.Dispose();

    sealed class Place(SemaphoreSlim calls) : IDisposable
    {
        public void Dispose() => calls.Release();
    }
}

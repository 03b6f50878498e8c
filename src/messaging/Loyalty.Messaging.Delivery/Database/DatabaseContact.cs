using System.Diagnostics.Metrics;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// Since when the database has not done what this process asks of it. Whoever writes to it every few seconds anyway says how that went; and
/// deliveries may be held back although it answers others, when a right is missing or a disk is full.
/// </summary>
public sealed class DatabaseContact : IDisposable
{
    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    readonly Lock _lock = new();
    readonly IServiceProvider _services;
    readonly TimeProvider _time;
    long? _awaySince;

    public DatabaseContact(IServiceProvider services, TimeProvider time)
    {
        (_services, _time, _awaySince) = (services, time, time.GetTimestamp());
        _meter.CreateObservableGauge(
            "loyalty.database.away",
            () => Away.TotalSeconds,
            "s",
            "For how long the database has not done what this process asks of it; 0 while it does"
        );
    }

    /// <summary>For how long nothing that was asked of it has been done; zero while it is.</summary>
    public TimeSpan Unheard
    {
        get
        {
            lock (_lock)
                return Elapsed(_awaySince);
        }
    }

    TimeSpan Away => Elapsed(_services.GetService<DeliveryDatabase>()?.Gate.ClosedSince) is var held && held > Unheard ? held : Unheard;

    /// <summary>Something was asked of it.</summary>
    public void Tell(bool done)
    {
        lock (_lock)
            _awaySince = done ? null : _awaySince ?? _time.GetTimestamp();
    }

    public void Dispose() => _meter.Dispose();

    TimeSpan Elapsed(long? since) => since is { } started ? _time.GetElapsedTime(started) : TimeSpan.Zero;
}

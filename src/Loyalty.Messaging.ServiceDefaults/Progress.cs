using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>Knows since when each delivery in this process has been worked on. A connection can look alive while nothing moves; this cannot.</summary>
public sealed class Progress(TimeProvider time) : IReceiveObserver
{
    readonly ConcurrentDictionary<ReceiveContext, long> _started = new();

    public int InFlight => _started.Count;

    /// <summary>How long the oldest delivery has been in work; zero when there is none.</summary>
    public TimeSpan Oldest => _started.IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(_started.Values.DefaultIfEmpty(time.GetTimestamp()).Min());

    public Task PreReceive(ReceiveContext context)
    {
        _started[context] = time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context) => Done(context);

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Done(context);

    Task Done(ReceiveContext context)
    {
        _started.TryRemove(context, out _);
        return Task.CompletedTask;
    }
}

internal sealed class ProgressCheck(Progress progress) : IHealthCheck
{
    /// <summary>Longer than the longest wait for a database that is away: that is not a stuck process.</summary>
    static readonly TimeSpan Stuck = TimeSpan.FromMinutes(20);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(progress.Oldest < Stuck
            ? HealthCheckResult.Healthy($"{progress.InFlight} deliveries in work")
            : HealthCheckResult.Unhealthy($"A delivery has been in work for {progress.Oldest}: restart the process, the broker will deliver it again"));
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.RabbitMq.Watch;

/// <summary>
/// Knows since when each delivery in this process has been worked on. A connection can look alive while nothing moves; this cannot.
/// </summary>
public sealed class Progress : IReceiveObserver, IDisposable
{
    readonly ConcurrentDictionary<ReceiveContext, long> _started = new();
    readonly ConcurrentDictionary<Uri, Moved> _queues = new();
    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    readonly TimeProvider _time;

    public Progress(TimeProvider time)
    {
        _time = time;
        _meter.CreateObservableGauge("loyalty.delivery.in_work", () => InFlight, "{delivery}", "Deliveries that this process works on");
        _meter.CreateObservableGauge(
            "loyalty.delivery.oldest_age",
            () => Oldest.TotalSeconds,
            "s",
            "For how long the oldest of them is worked on; 0 without one"
        );
    }

    public int InFlight => _started.Count;

    /// <summary>How long the oldest delivery has been in work; zero when there is none.</summary>
    public TimeSpan Oldest =>
        _started.IsEmpty ? TimeSpan.Zero : _time.GetElapsedTime(_started.Values.DefaultIfEmpty(_time.GetTimestamp()).Min());

    /// <summary>
    /// The queue where deliveries have been in work for longest without one that has ended, and for how long; null when none is in work.
    /// One that stands in a long line is old too, but before it others end.
    /// </summary>
    public (string Queue, TimeSpan For)? Still =>
        _started
            .GroupBy(delivery => delivery.Key.InputAddress, delivery => delivery.Value)
            .Select(queue =>
                (Queue: NameOf(queue.Key), For: _time.GetElapsedTime(Math.Max(queue.Min(), Volatile.Read(ref _queues[queue.Key].EndedAt))))
            )
            .Cast<(string Queue, TimeSpan For)?>()
            .MaxBy(queue => queue!.Value.For);

    /// <returns>How many deliveries of a queue have begun so far, and whether one of them is in work.</returns>
    public (long Begun, bool InWork) Of(string queue) =>
        (
            _queues.Where(each => NameOf(each.Key) == queue).Sum(each => Volatile.Read(ref each.Value.Begun)),
            _started.Keys.Any(context => NameOf(context.InputAddress) == queue)
        );

    public Task PreReceive(ReceiveContext context)
    {
        Interlocked.Increment(ref _queues.GetOrAdd(context.InputAddress, _ => new Moved()).Begun);
        _started[context] = _time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context) => Done(context);

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Done(context);

    public void Dispose() => _meter.Dispose();

    Task Done(ReceiveContext context)
    {
        if (_started.TryRemove(context, out _) && _queues.TryGetValue(context.InputAddress, out var queue))
            Volatile.Write(ref queue.EndedAt, _time.GetTimestamp());
        return Task.CompletedTask;
    }

    static string NameOf(Uri address) => address.Segments[^1];

    sealed class Moved
    {
        public long Begun;
        public long EndedAt;
    }
}

/// <param name="publishing">While the broker takes no messages nothing can end, and to start anew helps nobody; null without a bus.</param>
internal sealed class ProgressCheck(Progress progress, IOptions<RabbitMqOptions> options, PublishWatch? publishing = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            progress.Still is { } still
            && still.For >= options.Value.DeliveryPatience
            && !(publishing?.TakesFor < options.Value.DeliveryPatience)
                ? HealthCheckResult.Unhealthy(
                    $"Nothing in {still.Queue} has finished for {still.For}, although deliveries are in work: restart the process, "
                        + "the broker will deliver them again"
                )
                : HealthCheckResult.Healthy($"{progress.InFlight} deliveries in work")
        );
}

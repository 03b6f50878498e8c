using System.Collections.Concurrent;
using System.Globalization;
using Loyalty.Messaging.RabbitMq.Broker;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.RabbitMq.Watch;

/// <summary>
/// Sees to it that every queue of this process is consumed. MassTransit gives a receive endpoint up for good when the broker says something
/// that it does not expect (a refused login, a right that was withdrawn), and otherwise waits for up to half a minute: here an endpoint is
/// started again as soon as the broker lets us in. One that does not come back then ends the process, for a supervisor to start it anew.
/// </summary>
internal sealed partial class EndpointWatch(
    IOptions<RabbitMqOptions> options,
    SupervisedEnd end,
    TimeProvider time,
    ILogger<EndpointWatch> logger
) : BackgroundService, IReceiveEndpointObserver, IEndpointConfigurationObserver, IHealthCheck
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A channel that is closed comes back by itself within this.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<string, Endpoint> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Held while endpoints are started again: one that is taken away at the same time must not come back.</summary>
    readonly SemaphoreSlim _starting = new(1);

    /// <summary>No queue is consumed: the connection is gone, and somebody else should have what can be somebody else's.</summary>
    public bool IsCutOff => _endpoints.Values.All(endpoint => endpoint.IsLeft || endpoint.AwaySince is not null);

    /// <summary>Queues of which we have a consumer.</summary>
    public IReadOnlyList<string> Consumed =>
        [.. _endpoints.Where(endpoint => endpoint.Value is { IsLeft: false, AwaySince: null }).Select(endpoint => endpoint.Key)];

    /// <summary>
    /// Of every queue that should have one, since when, by the monotonic clock, it has no consumer of ours; null while it has one.
    /// </summary>
    public IEnumerable<long?> AwaySince => _endpoints.Values.Where(endpoint => !endpoint.IsLeft).Select(endpoint => endpoint.AwaySince);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var away = _endpoints
            .Where(endpoint =>
                endpoint.Value is { IsLeft: false, AwaySince: { } since }
                && !(endpoint.Value.IsJoining && time.GetElapsedTime(since) <= Patience)
            )
            .Select(endpoint => endpoint.Key)
            .Order()
            .ToList();
        return Task.FromResult(
            away.Count == 0
                ? HealthCheckResult.Healthy(
                    Left() is [_, ..] left
                        ? $"{Consumed.Count} queues are consumed; left to others: {string.Join(", ", left)}"
                        : $"{Consumed.Count} queues are consumed"
                )
                : HealthCheckResult.Unhealthy($"Not consumed: {string.Join(", ", away)}")
        );
    }

    List<string> Left() => [.. _endpoints.Where(endpoint => endpoint.Value.IsLeft).Select(endpoint => endpoint.Key).Order()];

    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        if (!IsTemporary(configurator.InputAddress))
            _endpoints[NameOf(configurator.InputAddress)] = new Endpoint { AwaySince = time.GetTimestamp(), IsJoining = !IsCutOff };
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted)
            Change(ready, away: false);
        return Task.CompletedTask;
    }

    /// <summary>The queue is no longer ours: its endpoint is about to be stopped on purpose.</summary>
    public async Task ForgetAsync(string queue)
    {
        await _starting.WaitAsync();
        try
        {
            _endpoints.TryRemove(queue, out _);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>From now on nobody misses us there: the queue is about to be left to whoever else consumes it.</summary>
    /// <returns>False for one that has not begun yet.</returns>
    internal async Task<bool> LeaveAsync(string queue) => await MarkAsync(queue, isLeft: true) is not null;

    /// <summary>Ends when what is in hand has ended, or can be waited for no longer.</summary>
    internal Task StopAsync(string queue, TimeSpan timeout) =>
        _endpoints.TryGetValue(queue, out var endpoint) && endpoint.Receiving is { } receiving
            ? TryAsync(queue, () => StopAsync(receiving, timeout))
            : Task.CompletedTask;

    /// <summary>Consumes again what was left.</summary>
    internal async Task JoinAsync(string queue)
    {
        if (await MarkAsync(queue, isLeft: false) is { } endpoint)
            await TryStartAgainAsync(queue, endpoint);
    }

    /// <summary>Of those that are still ours.</summary>
    public async Task StartAgainAsync(params string[] queues)
    {
        await _starting.WaitAsync();
        try
        {
            await Task.WhenAll(
                _endpoints
                    .Where(endpoint => queues.Contains(endpoint.Key) && !endpoint.Value.IsLeft)
                    .Select(endpoint => StartAgainAsync(endpoint.Key, endpoint.Value))
            );
        }
        finally
        {
            _starting.Release();
        }
    }

    public Task Stopping(ReceiveEndpointStopping stopping)
    {
        Change(stopping, away: true);
        return Task.CompletedTask;
    }

    public Task Completed(ReceiveEndpointCompleted completed)
    {
        Change(completed, away: true);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        Change(faulted, away: true);
        return Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? letInSince = null;
        for (var next = Interval; ; next = Interval)
        {
            await Task.Delay(next, time, stoppingToken);
            var away = _endpoints
                .Where(endpoint => endpoint.Value is { IsLeft: false, AwaySince: { } since } && time.GetElapsedTime(since) > Patience)
                .ToList();
            if (away.Count == 0 || !await IsLetInAsync(stoppingToken))
            {
                letInSince = null;
                if (away.Count > 0)
                    await Task.Delay(Patience, time, stoppingToken);
                continue;
            }
            letInSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(letInSince.Value) > options.Value.ConsumerPatience)
            {
                end.End(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The broker lets us in, and still nobody consumes after {options.Value.ConsumerPatience.TotalSeconds:0} "
                            + $"s: {string.Join(", ", away.Select(endpoint => endpoint.Key).Order())}"
                    )
                );
                return;
            }
            await StartAgainAsync([.. away.Select(endpoint => endpoint.Key)]);
            await Task.Delay(Patience, time, stoppingToken);
        }
    }

    async Task<bool> IsLetInAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await BrokerConnection
                .Factory(options.Value.Address, "loyalty-watch")
                .CreateConnectionAsync(cancellationToken);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever the reason: the bus says it, and this asks again.
            return false;
        }
    }

    /// <returns>Null when it was so before, or has not begun yet.</returns>
    async Task<Endpoint?> MarkAsync(string queue, bool isLeft)
    {
        await _starting.WaitAsync();
        try
        {
            if (!_endpoints.TryGetValue(queue, out var endpoint) || endpoint.IsLeft == isLeft || endpoint.Receiving is null)
                return null;
            lock (endpoint)
                (endpoint.IsLeft, endpoint.AwaySince) = (isLeft, time.GetTimestamp());
            return endpoint;
        }
        finally
        {
            _starting.Release();
        }
    }

    async Task StartAgainAsync(string queue, Endpoint endpoint)
    {
        if (await TryStartAgainAsync(queue, endpoint))
            StartedAgain(logger, queue);
    }

    async Task<bool> TryStartAgainAsync(string queue, Endpoint endpoint)
    {
        // Nothing was heard of it yet: the bus is about to start it.
        if (endpoint.Receiving is not { } receiving)
            return false;
        return await TryAsync(
            queue,
            async () =>
            {
                await StopAsync(receiving, StopTimeout);
                // It may have come back in the same moment, and has been stopped then: it is started again in either case.
                _ = receiving
                    .Start(CancellationToken.None)
                    .Ready.ContinueWith(
                        ready => ready.Exception,
                        CancellationToken.None,
                        TaskContinuationOptions.OnlyOnFaulted,
                        TaskScheduler.Default
                    );
            }
        );
    }

    async Task StopAsync(IReceiveEndpoint receiving, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        await receiving.Stop(limit.Token);
    }

    async Task<bool> TryAsync(string queue, Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception exception)
        {
            NotDone(logger, queue, exception.GetBaseException().Message);
            return false;
        }
    }

    void Change(ReceiveEndpointEvent happened, bool away)
    {
        if (IsTemporary(happened.InputAddress) || !_endpoints.TryGetValue(NameOf(happened.InputAddress), out var endpoint))
            return;
        lock (endpoint)
        {
            endpoint.Receiving = happened.ReceiveEndpoint;
            endpoint.AwaySince = away ? endpoint.AwaySince ?? time.GetTimestamp() : null;
            endpoint.IsJoining = false;
        }
    }

    static string NameOf(Uri address) => address.Segments[^1];

    /// <summary>The queue for answers to this process is made anew with every connection.</summary>
    static bool IsTemporary(Uri address) => address.Query.Contains("temporary=true", StringComparison.Ordinal);

    [LoggerMessage(3120, LogLevel.Warning, "Queue {Queue} had no consumer of ours although the broker lets us in; started again")]
    static partial void StartedAgain(ILogger logger, string queue);

    [LoggerMessage(3121, LogLevel.Warning, "The endpoint of queue {Queue} could not be stopped or started ({Cause}); trying again")]
    static partial void NotDone(ILogger logger, string queue, string cause);

    sealed class Endpoint
    {
        public IReceiveEndpoint? Receiving { get; set; }

        /// <summary>It is left to others on purpose.</summary>
        public bool IsLeft { get; set; }

        /// <summary>It was added while others were consumed, and has not been heard of yet.</summary>
        public bool IsJoining { get; set; }

        /// <summary>Null while there is a consumer.</summary>
        public long? AwaySince { get; set; }
    }
}

using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store.Lanes;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Lanes;

/// <summary>
/// Sees to it that all workers know the same number of lanes. With another number a collector's calls are in another queue: so it is
/// changed only when no call is on its way, and nothing is delivered before that is known.
/// </summary>
internal sealed partial class LaneCount : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly TaskCompletionSource _agreed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly IServiceScopeFactory _scopes;
    readonly LaneEndpoints _endpoints;
    readonly LaneLease _lease;
    readonly IHostApplicationLifetime _lifetime;
    readonly TimeProvider _time;
    readonly ILogger<LaneCount> _logger;
    readonly int _lanes;

    public LaneCount(
        IServiceScopeFactory scopes,
        DeliveryHold deliveries,
        LaneEndpoints endpoints,
        LaneLease lease,
        IOptions<RabbitMqOptions> options,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<LaneCount> logger
    )
    {
        (_scopes, _endpoints, _lease, _lifetime, _time, _logger) = (scopes, endpoints, lease, lifetime, time, logger);
        _lanes = options.Value.Partitions;
        // Here and not at the start, which the bus would come before.
        deliveries.Until(_agreed.Task);
    }

    /// <summary>Ends when the number is recorded.</summary>
    public Task Agreed => _agreed.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var began = _time.GetTimestamp();
            while (await ObjectionAsync(stoppingToken) is { } objection)
            {
                // A worker that was killed a moment ago is thought to be there until its lease is over.
                if (objection.Final && _time.GetElapsedTime(began) > _lease.Length)
                {
                    Refused(_logger, objection.Text);
                    Environment.ExitCode = Entry.BadConfiguration;
                    _lifetime.StopApplication();
                    return;
                }
                await Task.Delay(Interval, _time, stoppingToken);
            }
            _agreed.SetResult();
        }
        finally
        {
            _agreed.TrySetCanceled(CancellationToken.None);
        }
    }

    async Task<Objection?> ObjectionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var table = scope.ServiceProvider.GetRequiredService<LaneTable>();
            var recorded = await table.RecordedAsync(cancellationToken);
            if (recorded.Lanes == _lanes)
                return null;
            if (recorded.Lanes > 0)
            {
                var waiting = await _endpoints.WaitingAsync(new IssuerQueues(Math.Max(_lanes, recorded.Lanes)).Names, cancellationToken);
                if (waiting + recorded.Outgoing + recorded.Workers > 0)
                    return new Objection(
                        true,
                        $"RabbitMq__Partitions is {_lanes}, but it is recorded as {recorded.Lanes}, "
                            + "and work for that number is not finished "
                            + $"({waiting} in queues, {recorded.Outgoing} in the outbox; {recorded.Workers} workers are running): "
                            + $"start with {recorded.Lanes}, stop new orders, wait until nothing is waiting, "
                            + "stop all workers, then change it"
                    );
            }
            await table.RecordAsync(_lanes, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database is away or not migrated yet, or the broker is away: others say so, louder.
            return new Objection(false, exception.GetBaseException().Message);
        }
    }

    [LoggerMessage(2213, LogLevel.Critical, "configuration: {Objection}")]
    static partial void Refused(ILogger logger, string objection);

    sealed record Objection(bool Final, string Text);
}

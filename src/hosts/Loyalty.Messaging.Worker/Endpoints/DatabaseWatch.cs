using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.RabbitMq.Lanes;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// A worker that does not reach the database leaves its sagas' queues to workers that do: what it takes would wait with it, however idle
/// the others are. When nobody reaches it, all of it waits where it lies best, at the broker.
/// Registered after the bus, so that it stops before it.
/// </summary>
internal sealed partial class DatabaseWatch(
    DatabaseContact contact,
    LaneEndpoints endpoints,
    SagaLanes lanes,
    TimeProvider time,
    ILogger<DatabaseWatch> logger
) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A failover of a few seconds is waited for with what is in hand.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, stoppingToken);
            // Whether the heartbeats arrive, and not whether a delivery did: one right that is missing lets everything else go on.
            if (contact.Unheard > Patience)
                await LeaveAsync();
            else
                await JoinAsync();
        }
    }

    async Task LeaveAsync()
    {
        var left = await Task.WhenAll(
            lanes.ByQueue.Where(each => each.Lane.IsOpen).Select(each => endpoints.LeaveAsync(each.Queue, each.Lane, Patience))
        );
        if (left.Contains(true))
            Left(logger, Patience.TotalSeconds);
    }

    async Task JoinAsync()
    {
        var left = lanes.ByQueue.Where(each => !each.Lane.IsOpen).ToList();
        await Task.WhenAll(left.Select(each => endpoints.JoinAsync(each.Queue, each.Lane)));
        if (left.Count > 0)
            Joined(logger);
    }

    [LoggerMessage(
        2220,
        LogLevel.Warning,
        "The database has not heard from this worker for {Seconds} s: events wait at the broker or go to workers that can reach it"
    )]
    static partial void Left(ILogger logger, double seconds);

    [LoggerMessage(2221, LogLevel.Information, "The database hears from this worker again: it takes events")]
    static partial void Joined(ILogger logger);
}

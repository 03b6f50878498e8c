using System.Data.Common;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Store.Statistics;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>Keeps the charts going. Every instance tries; one of them takes the sample.</summary>
internal sealed partial class SampleTaker(
    IServiceScopeFactory scopes,
    DatabaseContact contact,
    TimeProvider time,
    ILogger<SampleTaker> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SampleHistory.Interval, time);
        var missed = false;
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<SampleHistory>().TakeAsync(stoppingToken);
                contact.Tell(done: true);
                missed = false;
            }
            catch (Exception exception) when (exception is DbException or InvalidOperationException { InnerException: DbException })
            {
                contact.Tell(done: false);
                // A chart with a gap is all that is lost; said once and not every ten seconds.
                if (!missed)
                    Missed(logger, exception.GetBaseException().Message);
                missed = true;
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(4020, LogLevel.Warning, "No sample for the charts: {Cause}")]
    static partial void Missed(ILogger logger, string cause);
}

using Loyalty.Messaging.Persistence.Outbox;
using Loyalty.Messaging.Persistence.Transactions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Persistence.Inbox;

/// <summary>Sees to the partitions when the process starts and every hour.</summary>
internal sealed partial class PartitionKeeper(DeliveryDatabase database, OutboxOptions options, ILogger<PartitionKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), database.Time);
        do
        {
            try
            {
                await Partitions.KeepAsync(database.ConnectionString, database.Time, options.InboxDays, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Two weeks are made ahead: the next hour will do.
                KeepFailed(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(3030, LogLevel.Warning, "The partitions of inbox and journal could not be kept; trying again in an hour")]
    static partial void KeepFailed(ILogger logger, Exception exception);
}

using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Retention;

/// <summary>Sees to the partitions when the process starts, before anything is delivered, and every hour.</summary>
internal sealed partial class PartitionKeeper(DeliveryDatabase database, OutboxOptions options, ILogger<PartitionKeeper> logger)
    : BackgroundService
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Where no process has run for longer than partitions are made ahead, a delivery would find no place for itself.</summary>
    readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string? _problem;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        database.Gate.HoldUntil(_made.Task);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await KeepAsync(inboxDays: null, stoppingToken))
                await Task.Delay(RetryDelay, database.Time, stoppingToken);
            _made.SetResult();
        }
        finally
        {
            _made.TrySetCanceled(CancellationToken.None);
        }
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), database.Time);
        do await KeepAsync(options.InboxDays, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task<bool> KeepAsync(int? inboxDays, CancellationToken cancellationToken)
    {
        try
        {
            await Partitions.KeepAsync(database.ConnectionString, inboxDays, cancellationToken);
            _problem = null;
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Once a second would be too often to say the same.
            if (_problem != exception.Message)
                KeepFailed(logger, exception);
            _problem = exception.Message;
            return false;
        }
    }

    [LoggerMessage(3030, LogLevel.Warning, "The partitions of inbox and journal could not be kept; trying again")]
    static partial void KeepFailed(ILogger logger, Exception exception);
}

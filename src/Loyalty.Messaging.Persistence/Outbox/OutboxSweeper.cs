using Loyalty.Messaging.Persistence.Transactions;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Persistence.Outbox;

/// <summary>
/// Sends what is due in the table: what a dead process left, what the broker did not take in time, what was asked for at a later time.
/// It claims in one statement, sends without a transaction, and parks what never goes.
/// </summary>
internal sealed partial class OutboxSweeper(
    DeliveryDatabase database, OutboxDelivery delivery, OutboxOptions options, IBusControl bus, ILogger<OutboxSweeper> logger) : BackgroundService
{
    const int MostAtOnce = 100;
    static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Something became due just now.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it in the same moment.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                var swept = await SweepGuardedAsync(stoppingToken);
                if (swept == MostAtOnce)
                    continue;
                await _wake.WaitAsync(await NextLookAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: leased rows become due again by themselves.
        }
    }

    async Task<int> SweepGuardedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.Gate.WaitAsync(cancellationToken);
            return await SweepAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (Transient.Unavailable(exception) || exception is TimeoutException)
                database.Gate.Close(exception);
            else
                SweepFailed(logger, exception);
            return 0;
        }
    }

    async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        List<OutboxMessage> claimed;
        await using (var connection = await database.Source.OpenConnectionAsync(cancellationToken))
            claimed = await OutboxTable.ClaimAsync(connection, options.Lease, MostAtOnce, cancellationToken);
        if (claimed.Count == 0)
            return 0;
        var results = await Task.WhenAll(claimed.Select(SendAsync));
        await using (var connection = await database.Source.OpenConnectionAsync(cancellationToken))
        {
            await OutboxTable.DeleteAsync(connection, [.. results.Where(result => result.Fault is null).Select(result => result.Row.Id)], cancellationToken);
            foreach (var (row, fault) in results.Where(result => result.Fault is not null))
            {
                TimeSpan? wait = row.Attempts >= options.MaxAttempts
                    ? null
                    : TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, Math.Pow(2, Math.Min(row.Attempts, 20)) / 2));
                await OutboxTable.FailAsync(connection, row.Id, wait, fault!, cancellationToken);
                if (wait is null)
                    Parked(logger, row.MessageId, row.MessageType, row.Attempts, fault!);
            }
        }
        Swept(logger, claimed.Count);
        return claimed.Count;
    }

    async Task<(OutboxMessage Row, string? Fault)> SendAsync(OutboxMessage row)
    {
        try
        {
            await delivery.SendAsync(row, MessageMetadata.Parse(row.Metadata));
            return (row, null);
        }
        catch (Exception exception)
        {
            return (row, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    async Task<TimeSpan> NextLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            var next = await OutboxTable.NextDueAsync(connection, cancellationToken) ?? options.QueryDelay;
            return next < TimeSpan.FromMilliseconds(20) ? TimeSpan.FromMilliseconds(20) : next < options.QueryDelay ? next : options.QueryDelay;
        }
        catch (Exception exception) when (Transient.Unavailable(exception) || exception is TimeoutException)
        {
            database.Gate.Close(exception);
            return options.QueryDelay;
        }
    }

    [LoggerMessage(3012, LogLevel.Error, "The outbox could not be swept; trying again")]
    static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(3013, LogLevel.Error, "Message {MessageId} ({MessageType}) is parked in the outbox after {Attempts} attempts: {Fault}")]
    static partial void Parked(ILogger logger, Guid messageId, string messageType, int attempts, string fault);

    [LoggerMessage(3014, LogLevel.Debug, "{Count} messages swept from the outbox")]
    static partial void Swept(ILogger logger, int count);

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }
}

using System.Threading.Channels;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// Removes confirmed messages from the table, many at a time. One that is not removed, because the process died, is sent again under the
/// same id.
/// </summary>
internal sealed partial class DeliveredMessages(DeliveryDatabase database, ILogger<DeliveredMessages> logger) : BackgroundService
{
    const int MostAtOnce = 1000;
    static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(50);
    readonly Channel<Guid> _ids = Channel.CreateUnbounded<Guid>();

    public void Add(Guid id) => _ids.Writer.TryWrite(id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ids = new List<Guid>(MostAtOnce);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (ids.Count == 0)
                {
                    await _ids.Reader.WaitToReadAsync(stoppingToken);
                    await Task.Delay(GatherTime, database.Time, stoppingToken);
                }
                await RemoveAsync(ids, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (DatabaseFault.IsAway(exception) || exception is TimeoutException)
            {
                database.Gate.Close(exception);
                await database.Gate.WaitAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                RemoveFailed(logger, exception);
                await Task.Delay(TimeSpan.FromSeconds(1), database.Time, CancellationToken.None);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (database.Gate.IsOpen && _ids.Reader.Count > 0)
            await RemoveAsync([], cancellationToken);
    }

    async Task RemoveAsync(List<Guid> ids, CancellationToken cancellationToken)
    {
        do
        {
            while (ids.Count < MostAtOnce && _ids.Reader.TryRead(out var id))
                ids.Add(id);
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            await OutboxTable.DeleteAsync(connection, [.. ids], cancellationToken);
            ids.Clear();
        } while (_ids.Reader.Count >= MostAtOnce);
    }

    [LoggerMessage(3011, LogLevel.Error, "Delivered messages could not be removed from the outbox; trying again")]
    static partial void RemoveFailed(ILogger logger, Exception exception);
}

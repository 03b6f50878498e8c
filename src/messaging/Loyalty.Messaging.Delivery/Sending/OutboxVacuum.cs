using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// Makes room in the outbox. A message is written and deleted within milliseconds, so that nearly all of the table is what was deleted, and
/// the server's own vacuum comes once a minute at most.
/// Until then the table grows by all that passes through it; what tables have grown by, the operating system keeps for half a minute and
/// then writes at once, and every commit waits for that.
/// </summary>
internal sealed partial class OutboxVacuum(DeliveryDatabase database, OutboxOptions options, ILogger<OutboxVacuum> logger)
    : BackgroundService
{
    /// <summary>
    /// At work for a twentieth of the time at most: what takes longer, because an old transaction holds on to the rows, is left to the
    /// server's own vacuum.
    /// </summary>
    const int RestPerWork = 19;

    /// <summary>
    /// Nobody waits for it: the end of the table is not given back, for which deliveries would have to stop, and of two workers one goes
    /// on.
    /// </summary>
    const string VacuumSql = $"VACUUM (SKIP_LOCKED, TRUNCATE false, PARALLEL 0) {TableNames.Outbox}";

    /// <summary>
    /// Fewer deleted rows, or fewer than there are others, are not worth a walk through table and indexes: beside a backlog it would take
    /// from what the backlog needs.
    /// No row when the table's migration is still to come.
    /// </summary>
    const string MostIsDeletedSql = $"""
        SELECT pg_stat_get_dead_tuples(oid) >= greatest(1000, pg_stat_get_live_tuples(oid)) FROM pg_class
            WHERE oid = to_regclass('{TableNames.Outbox}')
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.VacuumDelay == TimeSpan.Zero)
            return;
        string? problem = null;
        for (var rest = options.VacuumDelay; ; )
        {
            await Task.Delay(rest, database.Time, stoppingToken);
            await database.Gate.WaitAsync(stoppingToken);
            var began = database.Time.GetTimestamp();
            try
            {
                await VacuumAsync(stoppingToken);
                problem = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // That the database is away is said by those who need it, and the same need not be said every few seconds. A right of its
                // own it alone misses.
                if (
                    (DatabaseFault.IsOfStatement(exception) || DatabaseFault.IsRefused(exception) || !DatabaseFault.IsAway(exception))
                    && problem != exception.Message
                )
                    VacuumFailed(logger, exception);
                problem = exception.Message;
            }
            var worked = database.Time.GetElapsedTime(began) * RestPerWork;
            rest = TimeSpan.FromTicks(Math.Clamp(worked.Ticks, options.VacuumDelay.Ticks, OutboxOptions.LongestVacuumDelay.Ticks));
        }
    }

    async Task VacuumAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var look = new NpgsqlCommand(MostIsDeletedSql, connection);
        if (await look.ExecuteScalarAsync(cancellationToken) is true)
        {
            await using var vacuum = new NpgsqlCommand(VacuumSql, connection) { CommandTimeout = 0 };
            await vacuum.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    [LoggerMessage(3015, LogLevel.Warning, "The outbox could not be vacuumed; trying again")]
    static partial void VacuumFailed(ILogger logger, Exception exception);
}

using Loyalty.Messaging.Persistence.Transactions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Outbox;

/// <summary>
/// Makes room in the outbox. A message is written and deleted within milliseconds, so that nearly all of the table is what was deleted, and the server's own vacuum comes once a minute at most.
/// Until then the table grows by all that passes through it; what tables have grown by, the operating system keeps for half a minute and then writes at once, and every commit waits for that.
/// </summary>
internal sealed partial class OutboxVacuum(DeliveryDatabase database, OutboxOptions options, ILogger<OutboxVacuum> logger) : BackgroundService
{
    /// <summary>Fewer deleted rows, or fewer than there are others, are not worth a walk through table and indexes: beside a backlog it would take from what the backlog needs.</summary>
    const long Worthwhile = 1000;

    /// <summary>At work for a twentieth of the time at most: what takes longer, because an old transaction holds on to the rows, is left to the server's own vacuum.</summary>
    const int RestPerWork = 19;

    /// <summary>Nobody waits for it: the end of the table is not given back, for which deliveries would have to stop, and of two workers one goes on.</summary>
    const string VacuumSql = $"VACUUM (SKIP_LOCKED, TRUNCATE false, PARALLEL 0) {OutboxTable.Name}";

    const string LookSql = $"SELECT pg_stat_get_dead_tuples(oid), pg_stat_get_live_tuples(oid), pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('{OutboxTable.Name}')";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rest = options.VacuumDelay;
        var allowed = rest > TimeSpan.Zero;
        while (allowed)
        {
            await Task.Delay(rest, database.Time, stoppingToken);
            await database.Gate.WaitAsync(stoppingToken);
            var began = database.Time.GetTimestamp();
            try
            {
                allowed = await VacuumAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // That the database is away is said by who needs it.
                if (!Transient.Unavailable(exception))
                    VacuumFailed(logger, exception);
            }
            var worked = database.Time.GetElapsedTime(began) * RestPerWork;
            rest = worked > options.VacuumDelay ? worked : options.VacuumDelay;
        }
    }

    /// <summary>False when the server does not let us.</summary>
    async Task<bool> VacuumAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var (deleted, others, isOwner) = await LookAsync(connection, cancellationToken);
        if (!isOwner)
            NotOwner(logger);
        else if (deleted >= Math.Max(Worthwhile, others))
        {
            await using var vacuum = new NpgsqlCommand(VacuumSql, connection) { CommandTimeout = 0 };
            await vacuum.ExecuteNonQueryAsync(cancellationToken);
        }
        return isOwner;
    }

    static async Task<(long Deleted, long Others, bool IsOwner)> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LookSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // No table yet: its migration is still to come.
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)) : (0, 0, true);
    }

    [LoggerMessage(3015, LogLevel.Warning, "The outbox could not be vacuumed; trying again")]
    static partial void VacuumFailed(ILogger logger, Exception exception);

    [LoggerMessage(3016, LogLevel.Warning, "The worker's database user does not own the table outbox and may not vacuum it: the server's own vacuum is left to do it, once a minute at most. Make the user a member of the owner's role, or set Outbox__VacuumDelay to 00:00:00 if that is meant")]
    static partial void NotOwner(ILogger logger);
}

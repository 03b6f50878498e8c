using System.Globalization;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Retention;

/// <summary>
/// Makes the partitions of inbox and journal ahead of time and drops the inbox's old days. Nothing here blocks a delivery:
/// a new partition is built aside and attached, an old one is detached concurrently; whoever waits does so for two seconds at most and
/// tries again later.
/// What day it is, the database says: a worker whose clock is wrong drops nothing that is in use.
/// </summary>
public static class Partitions
{
    const int DaysAhead = 14;
    const int MonthsAhead = 2;
    const string DayFormat = "yyyyMMdd";

    /// <summary>Any number will do, as long as all our processes use the same.</summary>
    internal const long KeeperLock = 0x4C6F79616C7479;

    /// <param name="inboxDays">How many days to keep; null: drop nothing.</param>
    /// <exception cref="PostgresException">Somebody holds a lock for longer than we wait. What was not done is done the next
    /// time.</exception>
    public static async Task KeepAsync(string connectionString, int? inboxDays, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(cancellationToken);
        var today = await TodayAsync(connection, cancellationToken);
        // A process that hangs with the lock must not keep others from starting when there is nothing to do.
        if (await IsKeptAsync(connection, today, inboxDays, cancellationToken))
            return;
        await RunAsync(connection, "SET lock_timeout = '2s'", cancellationToken);
        await RunAsync(connection, $"SELECT pg_advisory_lock({KeeperLock})", cancellationToken);
        var tables = await TablesAsync(connection, cancellationToken);
        foreach (var partition in Wanted(today).Where(partition => tables.GetValueOrDefault(partition.Name) is null or Standing.Apart))
            await AddAsync(connection, partition, cancellationToken);
        if (inboxDays is { } days)
            foreach (var (name, standing) in tables.Where(table => IsOld(table.Key, today.AddDays(-days))))
                await DropAsync(connection, name, standing!.Value, cancellationToken);
    }

    static async Task<DateOnly> TodayAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {InboxTable.Today}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetFieldValue<DateOnly>(0);
    }

    static async Task<bool> IsKeptAsync(NpgsqlConnection connection, DateOnly today, int? inboxDays, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(connection, cancellationToken);
        return Wanted(today).All(partition => tables.GetValueOrDefault(partition.Name) is Standing.Attached)
            && (inboxDays is not { } days || !tables.Keys.Any(name => IsOld(name, today.AddDays(-days))));
    }

    static IEnumerable<Partition> Wanted(DateOnly today)
    {
        for (var day = today.AddDays(-1); day <= today.AddDays(DaysAhead); day = day.AddDays(1))
            yield return new Partition(
                TableNames.Inbox,
                $"{TableNames.Inbox}_{day.ToString(DayFormat, CultureInfo.InvariantCulture)}",
                day,
                day.AddDays(1)
            );
        for (
            var month = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
            month <= today.AddMonths(MonthsAhead);
            month = month.AddMonths(1)
        )
            yield return new Partition(
                TableNames.Journal,
                $"{TableNames.Journal}_{month.ToString("yyyyMM", CultureInfo.InvariantCulture)}",
                month,
                month.AddMonths(1)
            );
    }

    static bool IsOld(string name, DateOnly oldest) =>
        name.StartsWith($"{TableNames.Inbox}_", StringComparison.Ordinal)
        && DateOnly.TryParseExact(
            name.AsSpan(TableNames.Inbox.Length + 1),
            DayFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
        && day < oldest;

    static async Task AddAsync(NpgsqlConnection connection, Partition partition, CancellationToken cancellationToken)
    {
        var (table, name, from, to) = partition;
        await RunAsync(
            connection,
            $"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
            cancellationToken
        );
        await RunAsync(
            connection,
            $"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{Date(from)}') TO ('{Date(to)}')",
            cancellationToken
        );
    }

    /// <summary>
    /// A transaction that uses the inbox holds the detaching up, never the other way round. When it does so for too long, the partition
    /// stays half detached:
    /// no delivery sees it any more, and the next time ends what was begun.
    /// </summary>
    static async Task DropAsync(NpgsqlConnection connection, string name, Standing standing, CancellationToken cancellationToken)
    {
        if (standing != Standing.Apart)
            await RunAsync(
                connection,
                $"ALTER TABLE {TableNames.Inbox} DETACH PARTITION {name} {(standing == Standing.Leaving ? "FINALIZE" : "CONCURRENTLY")}",
                cancellationToken
            );
        await RunAsync(connection, $"DROP TABLE {name}", cancellationToken);
    }

    /// <summary>
    /// All that is named like a partition, those first whose detaching was begun: before they are gone no other can be detached.
    /// </summary>
    static async Task<Dictionary<string, Standing?>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.relname, i.inhdetachpending
            FROM pg_class parent JOIN pg_class c ON c.relnamespace = parent.relnamespace AND c.relkind = 'r'
                AND c.relname ~ ('^' || parent.relname || '_[0-9]+$')
            LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = parent.oid
            WHERE parent.oid IN ('{TableNames.Inbox}'::regclass, '{TableNames.Journal}'::regclass)
            ORDER BY i.inhdetachpending DESC NULLS LAST, c.relname
            """,
            connection
        );
        var tables = new Dictionary<string, Standing?>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            tables.Add(
                reader.GetString(0),
                reader.IsDBNull(1) ? Standing.Apart
                    : reader.GetBoolean(1) ? Standing.Leaving
                    : Standing.Attached
            );
        return tables;
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>From the first instant to before the second.</summary>
    sealed record Partition(string Table, string Name, DateOnly From, DateOnly To);

    enum Standing
    {
        Attached,

        /// <summary>Its detaching was begun and not ended.</summary>
        Leaving,

        /// <summary>Made and not attached yet, or detached and not dropped yet.</summary>
        Apart,
    }
}

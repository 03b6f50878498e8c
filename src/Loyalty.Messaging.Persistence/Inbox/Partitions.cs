using System.Globalization;
using Loyalty.Messaging.Persistence.Journal;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Inbox;

/// <summary>
/// Makes the partitions of inbox and journal ahead of time and drops the inbox's old days. Nothing here blocks a delivery:
/// a new partition is built aside and attached, an old one is detached concurrently.
/// </summary>
internal static class Partitions
{
    const int DaysAhead = 14;
    const int MonthsAhead = 2;

    /// <summary>Any number will do, as long as all our processes use the same.</summary>
    const long KeeperLock = 0x4C6F79616C7479;

    /// <param name="inboxDays">How many days to keep; null: drop nothing.</param>
    public static async Task KeepAsync(string connectionString, TimeProvider time, int? inboxDays, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await RunAsync(connection, "SET lock_timeout = '2s'", cancellationToken);
        await RunAsync(connection, $"SELECT pg_advisory_lock({KeeperLock})", cancellationToken);
        var existing = await NamesAsync(connection, cancellationToken);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        for (var day = today.AddDays(-1); day <= today.AddDays(DaysAhead); day = day.AddDays(1))
            await AddAsync(connection, existing, InboxTable.Name, day, "yyyyMMdd", day.AddDays(1), cancellationToken);
        var month = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        for (var ahead = -1; ahead <= MonthsAhead; ahead++, month = month.AddMonths(1))
            await AddAsync(connection, existing, JournalTable.Name, month, "yyyyMM", month.AddMonths(1), cancellationToken);
        if (inboxDays is { } days)
            await DropAsync(connection, existing, today.AddDays(-days), cancellationToken);
    }

    static async Task AddAsync(
        NpgsqlConnection connection, HashSet<string> existing, string table, DateOnly from, string format, DateOnly to, CancellationToken cancellationToken)
    {
        var name = $"{table}_{from.ToString(format, CultureInfo.InvariantCulture)}";
        if (existing.Contains(name))
            return;
        await RunAsync(connection, $"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)", cancellationToken);
        await RunAsync(connection, $"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{Date(from)}') TO ('{Date(to)}')", cancellationToken);
    }

    static async Task DropAsync(NpgsqlConnection connection, HashSet<string> existing, DateOnly oldest, CancellationToken cancellationToken)
    {
        foreach (var name in existing.Where(name => name.StartsWith($"{InboxTable.Name}_", StringComparison.Ordinal)))
        {
            if (!DateOnly.TryParseExact(name[(InboxTable.Name.Length + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day >= oldest)
                continue;
            await RunAsync(connection, $"ALTER TABLE {InboxTable.Name} DETACH PARTITION {name} CONCURRENTLY", cancellationToken);
            await RunAsync(connection, $"DROP TABLE {name}", cancellationToken);
        }
    }

    static async Task<HashSet<string>> NamesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent WHERE p.oid IN ('inbox'::regclass, 'journal'::regclass)",
            connection);
        var names = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Filling;

/// <summary>
/// Fills a migrated database with the past of a large shop: orders of several months, one in five refunded, their journal and the inbox of
/// eight days.
/// The database must be nobody else's while it runs: indexes are dropped at first and built at the end, which is several times as fast.
/// </summary>
internal static class Filler
{
    const int OrdersAtOnce = 20_000;
    const int Months = 4;

    /// <summary>Measured, with indexes and some room.</summary>
    const double BytesPerOrder = 2_000,
        BytesPerJournalRow = 400,
        BytesPerInboxRow = 160;

    /// <param name="sagas">Orders; one fifth as many refunds.</param>
    /// <param name="journal">Rows of the journal, evenly over the orders.</param>
    /// <param name="inbox">Rows of the inbox; the same as orders when left out.</param>
    public static async Task RunAsync(
        string connectionString,
        long sagas,
        long journal,
        long? inbox = null,
        CancellationToken cancellationToken = default
    )
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = 0,
            Options = "-c synchronous_commit=off -c maintenance_work_mem=512MB -c max_parallel_maintenance_workers=2",
        };
        await using var source = NpgsqlDataSource.Create(settings);
        var remembered = inbox ?? sagas;
        await CheckSpaceAsync(
            source,
            sagas * BytesPerOrder + journal * BytesPerJournalRow + remembered * BytesPerInboxRow,
            cancellationToken
        );
        await RunAsync(source, Past.Partitions(Months), cancellationToken);
        var rebuild = await DropIndexesAsync(source, cancellationToken);

        var perOrder = Math.Max(1, (journal + sagas - 1) / sagas);
        await ChunkedAsync(source, "orders", sagas, Past.Orders(sagas, Months), cancellationToken);
        await ChunkedAsync(source, "refunds", sagas / 5, Past.Refunds(sagas, Months), cancellationToken);
        await ChunkedAsync(
            source,
            "journal, by order",
            Math.Min(sagas, journal / perOrder),
            Past.Journal(sagas, Months, perOrder),
            cancellationToken
        );
        await ChunkedAsync(source, "inbox", remembered, Past.Inbox, cancellationToken);
        foreach (var statement in rebuild)
        {
            Say($"{statement.Split('(')[0].Trim()}");
            await RunAsync(source, statement, cancellationToken);
        }
        Say("vacuum and analyze");
        foreach (var table in (string[])["issuance", "reversal", "inbox", "journal"])
            await RunAsync(source, $"VACUUM (ANALYZE) {table}", cancellationToken);
        await using var size = source.CreateCommand("SELECT pg_size_pretty(pg_database_size(current_database()))");
        Say($"filled: the database has {await size.ExecuteScalarAsync(cancellationToken)}");
    }

    /// <summary>Several connections, each with the next piece: the server's cores are what limits it.</summary>
    static async Task ChunkedAsync(NpgsqlDataSource source, string what, long rows, string sql, CancellationToken cancellationToken)
    {
        var (next, done, started, said) = (0L, 0L, Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        await Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(async _ =>
                {
                    await using var connection = await source.OpenConnectionAsync(cancellationToken);
                    await using (var identity = new NpgsqlCommand(Past.IdentityFunction, connection))
                        await identity.ExecuteNonQueryAsync(cancellationToken);
                    await using var insert = new NpgsqlCommand(sql, connection)
                    {
                        Parameters = { new NpgsqlParameter<long>(), new NpgsqlParameter<long>() },
                    };
                    for (long last; (last = Interlocked.Add(ref next, OrdersAtOnce)) - OrdersAtOnce < rows; )
                    {
                        ((NpgsqlParameter<long>)insert.Parameters[0]).TypedValue = last - OrdersAtOnce + 1;
                        ((NpgsqlParameter<long>)insert.Parameters[1]).TypedValue = Math.Min(last, rows);
                        await insert.ExecuteNonQueryAsync(cancellationToken);
                        var sum = Interlocked.Add(ref done, Math.Min(last, rows) - (last - OrdersAtOnce));
                        var before = Volatile.Read(ref said);
                        if (
                            Stopwatch.GetElapsedTime(before) > TimeSpan.FromSeconds(5)
                            && Interlocked.CompareExchange(ref said, Stopwatch.GetTimestamp(), before) == before
                        )
                            Say($"{what}: {sum:N0} of {rows:N0}, {sum / Stopwatch.GetElapsedTime(started).TotalSeconds:N0}/s");
                    }
                })
        );
        Say($"{what}: {rows:N0} in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
    }

    /// <returns>The statements that build them again, just as the migrations made them.</returns>
    static async Task<List<string>> DropIndexesAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var (drop, rebuild) = (new List<string>(), new List<string>());
        await using (
            var command = source.CreateCommand(
                """
                SELECT t.relname, i.relname, c.conname, pg_get_indexdef(i.oid), pg_get_constraintdef(c.oid)
                FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid LEFT JOIN pg_constraint c
                    ON c.conindid = i.oid AND c.contype IN ('p', 'u')
                WHERE t.relname IN ('issuance', 'reversal', 'inbox', 'journal')
                """
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var constraint = reader.IsDBNull(2) ? null : reader.GetString(2);
                drop.Add(
                    constraint is null
                        ? $"DROP INDEX \"{reader.GetString(1)}\""
                        : $"ALTER TABLE {reader.GetString(0)} DROP CONSTRAINT {constraint}"
                );
                // Without ONLY: what is said of a partitioned table goes for its partitions too.
                rebuild.Add(
                    constraint is null
                        ? reader.GetString(3).Replace(" ON ONLY ", " ON ", StringComparison.Ordinal)
                        : $"ALTER TABLE {reader.GetString(0)} ADD CONSTRAINT {constraint} {reader.GetString(4)}"
                );
            }
        }
        foreach (var statement in drop)
            await RunAsync(source, statement, cancellationToken);
        return rebuild;
    }

    /// <summary>
    /// Only where the server's files are on this machine and it tells where; otherwise it says what is needed and goes on.
    /// </summary>
    static async Task CheckSpaceAsync(NpgsqlDataSource source, double needed, CancellationToken cancellationToken)
    {
        string? folder = null;
        try
        {
            await using var command = source.CreateCommand("SHOW data_directory");
            folder = await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // Not ours to know.
        }
        var free = folder is not null && Directory.Exists(folder) ? new DriveInfo(folder).AvailableFreeSpace : (double?)null;
        Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"needs about {needed / 1e9:0.0} GB; free are {(free is { } bytes ? $"{bytes / 1e9:0.0} GB" : "unknown")}"
            )
        );
        // The write-ahead log and the sorting for the indexes come on top.
        if (free < needed * 1.2 + 2e9)
            throw new IOException(
                $"Not enough space beside {folder}: about {(needed * 1.2 + 2e9) / 1e9:0} GB are needed, {free / 1e9:0} GB are free"
            );
    }

    static async Task RunAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static void Say(string text) => Console.Error.WriteLine(text);
}

using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>
/// A server that has worked for a while writes its log over files that it needs no longer. A new one has to make a file of 16 MB whenever one is full: the commit that comes then waits
/// until it is written, and all others behind it. Before a run the server gets the files of an older one.
/// </summary>
internal static class SpareSegments
{
    /// <summary>Half a gigabyte, as the server itself would keep after an hour of such a load.</summary>
    const int Enough = 32;

    public static async Task MakeAsync()
    {
        await using var server = NpgsqlDataSource.Create(Servers.Current.Postgres);
        await using var count = server.CreateCommand("SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())");
        var spare = (int)(long)(await count.ExecuteScalarAsync())!;
        for (var missing = Enough - spare; missing > 0; missing--)
        {
            await using var fill = server.CreateCommand("SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()");
            await fill.ExecuteNonQueryAsync();
        }
        if (spare < Enough)
        {
            await using var recycle = server.CreateCommand("CHECKPOINT");
            await recycle.ExecuteNonQueryAsync();
        }
        var after = (int)(long)(await count.ExecuteScalarAsync())!;
        Console.Error.WriteLine($"spare {spare} -> {after}");
    }
}

using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>
/// A server that has worked for a while writes its log over files that it needs no longer. A new one makes a file of 16 MB whenever one is
/// full, and meanwhile the commit that needs it waits, and everybody behind it: at 300 orders/s every six seconds, for a tenth of a second.
/// So the server gets files to write over before a run, as many as one of four thousand orders needs and far more.
/// </summary>
internal static class SpareSegments
{
    const long Enough = 32;

    public static async Task MakeAsync()
    {
        await using var server = NpgsqlDataSource.Create(Servers.Current.Postgres);
        await using var count = server.CreateCommand(
            "SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())"
        );
        var missing = Enough - (long)(await count.ExecuteScalarAsync())!;
        if (missing <= 0)
            return;
        await using var fill = server.CreateCommand("SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()");
        for (; missing > 0; missing--)
            await fill.ExecuteNonQueryAsync();
        await using var recycle = server.CreateCommand("CHECKPOINT");
        await recycle.ExecuteNonQueryAsync();
    }
}

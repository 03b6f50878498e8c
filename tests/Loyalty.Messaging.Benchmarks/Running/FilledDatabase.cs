using Loyalty.Messaging.Benchmarks.Filling;
using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>
/// A database with a past, for all runs upon it: filling takes minutes, and a run right behind it was slower than those after it.
/// </summary>
internal sealed class FilledDatabase : IAsyncDisposable
{
    FilledDatabase(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    /// <summary>The first series of orders that no run has published yet.</summary>
    public int NextSeries { get; set; }

    public static async Task<FilledDatabase> CreateAsync(long sagas, long journal)
    {
        var database = await TestDatabase.CreateAsync();
        try
        {
            await Migration.RunAsync(database);
            await Filler.RunAsync(database.ConnectionString, sagas, journal);
            return new FilledDatabase(database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// For the next run: everything written, so that the first change of each page writes it whole, and nobody connected.
    /// </summary>
    public async Task PrepareAsync()
    {
        await Database.RunAsync("CHECKPOINT");
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

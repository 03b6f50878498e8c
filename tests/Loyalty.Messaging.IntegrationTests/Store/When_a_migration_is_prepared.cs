using System.Text.RegularExpressions;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>
/// Where tables are large, what takes long is done beforehand, as the script says, while others write; the migration leaves it as it is.
/// </summary>
public sealed partial class When_a_migration_is_prepared : IAsyncLifetime
{
    const string Files = """
        SELECT relname || ' ' || relfilenode FROM pg_class WHERE relname ~ '^IX_(issuance|reversal)_(state|day|timer|collector)'
            ORDER BY relname
        """;
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        var history = context.GetService<IHistoryRepository>();
        await _database.RunAsync(history.GetCreateScript());
        foreach (var migration in (string[])["0001_initial", "0002_timers_decisions_days", "0003_echo"])
        {
            if (migration == "0002_timers_decisions_days")
                await PrepareAsync(migration);
            await _database.RunAsync(MigrationScript.Read(migration));
            await _database.RunAsync(history.GetInsertScript(new HistoryRow(migration, "10.0.0")));
        }
        await PrepareAsync("0004_ops");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_is_there_is_left_as_it_is()
    {
        var prepared = await _database.ColumnAsync(Files);
        Assert.Equal(7, prepared.Count);
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        await Schema.MigrateAsync(context, CancellationToken.None);
        Assert.Equal(prepared, await _database.ColumnAsync(Files));
        Assert.Null(await Schema.CheckAsync(context, CancellationToken.None));
    }

    [Fact]
    public async Task An_index_that_was_broken_off_is_refused_by_name()
    {
        await _database.RunAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"IX_issuance_day\"'::regclass");
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Schema.MigrateAsync(context, CancellationToken.None));
        Assert.Contains("IX_issuance_day", refused.MessageText, StringComparison.Ordinal);
    }

    async Task PrepareAsync(string migration)
    {
        var script = MigrationScript.Read(migration);
        foreach (var column in Columns().Matches(script))
            await _database.RunAsync(column.ToString()!);
        foreach (var index in Indexes().Matches(script))
            await _database.RunAsync(index.ToString()!.Replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", StringComparison.Ordinal));
    }

    [GeneratedRegex("^ALTER TABLE [^;]+;", RegexOptions.Multiline)]
    private static partial Regex Columns();

    [GeneratedRegex("^CREATE INDEX IF NOT EXISTS [^;]+;", RegexOptions.Multiline)]
    private static partial Regex Indexes();
}

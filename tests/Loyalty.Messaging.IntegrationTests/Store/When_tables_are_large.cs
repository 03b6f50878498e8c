using System.Data.Common;
using System.Text.RegularExpressions;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.IntegrationTests.Large;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.Store.Days;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>No statement that runs all day reads a table from end to end: not by its plan, and not when it is carried out.</summary>
public sealed class When_tables_are_large(When_tables_are_large.Filled filled) : IClassFixture<When_tables_are_large.Filled>
{
    [Theory]
    [InlineData("claim")]
    [InlineData("next due")]
    [InlineData("fail")]
    [InlineData("delete")]
    [InlineData("cancel")]
    [InlineData("insert")]
    public async Task The_outbox_goes_by_its_indexes(string statement)
    {
        var plan = await (
            statement switch
            {
                "claim" => new SentStatement(OutboxTable.ClaimSql, 2),
                "next due" => new SentStatement(OutboxTable.NextDueSql, 0),
                "fail" => new SentStatement(OutboxTable.FailSql, 3, ["uuid[]", "interval[]", "text[]"]),
                "delete" => new SentStatement(OutboxTable.DeleteSql, 1),
                "insert" => new SentStatement(
                    OutboxTable.InsertSql,
                    11,
                    [
                        "uuid[]",
                        "uuid[]",
                        "uuid[]",
                        "text[]",
                        "text[]",
                        "text[]",
                        "jsonb[]",
                        "bytea[]",
                        "timestamptz[]",
                        "interval[]",
                        "boolean[]",
                    ]
                ),
                _ => new SentStatement(OutboxTable.CancelSql, 1),
            }
        ).PlanAsync(filled.Database);
        AssertNoScan(plan);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orders_page_and_a_days_ledger_go_by_their_indexes()
    {
        var seen = new Recorder();
        await using (var context = LoyaltyContext.Of(filled.Database.ConnectionString, seen))
        {
            Assert.NotNull(
                await new OrderQueries(context, StuckLimits.Default, TimeProvider.System).FindOrderAsync("order-77", CancellationToken.None)
            );
            var ledger = await new DayQueries(context).LedgerAsync(
                DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-7),
                CancellationToken.None
            );
            Assert.NotEmpty(ledger.Entries);
        }
        Assert.Equal(8, seen.Statements.Count);
        foreach (var statement in seen.Statements)
            AssertNoScan(await statement.PlanAsync(filled.Database));
    }

    [Fact]
    public async Task Deliveries_the_sweeper_and_the_scheduler_read_no_table_from_end_to_end()
    {
        await using var host = await ParcelHost.StartAsync();
        await FilledTables.FillMessagesAsync(host.Database, due: "now() + interval '1 day'");
        await host.Database.RunAsync(
            $"""
            INSERT INTO parcel (correlation_id, current_state, version, route, scans, size, weight, created_at, fragile, stops)
            SELECT gen_random_uuid(), 'Underway', 1, 'north', 0, 'Large', 1, now(), false, '[]'
                FROM generate_series(1, {FilledTables.Rows}) number;
            ANALYZE parcel
            """
        );
        var before = await ScansAsync(host.Database);

        // A dozen of each: a prepared statement gets its general plan after some.
        var parcels = Enumerable.Range(0, 12).Select(_ => (Parcel: NewId.NextGuid(), Message: NewId.NextGuid())).ToList();
        foreach (var (parcel, message) in parcels)
        {
            await host.SendAsync(new Posted(parcel, "south"), message);
            await host.SendAsync(new Posted(parcel, "south"), message);
            await host.SendAsync(new Remind(parcel, TimeSpan.FromMilliseconds(100), NewId.NextGuid()), queue: "notices");
        }
        await Eventually.SeeAsync(
            () => Task.FromResult(host.Received().Count),
            count => count == 24,
            "a message and a reminder of each parcel"
        );
        foreach (var (parcel, _) in parcels)
            await host.SendAsync(new Scanned(parcel, "Québec"));
        foreach (var (parcel, _) in parcels)
            await Eventually.SeeAsync(
                () => host.Database.ScalarAsync<int>($"SELECT scans FROM parcel WHERE correlation_id = '{parcel}'"),
                scans => scans == 1,
                "the scan"
            );

        Assert.Equal(before, await ScansAsync(host.Database));
    }

    /// <summary>
    /// Plans are made once, while the tables are empty, and are kept until somebody analyzes: they have to be right from the first message
    /// on.
    /// </summary>
    [Fact]
    public async Task In_a_new_database_too_a_delivery_reads_its_own_rows_and_no_others()
    {
        const int Parcels = 500;
        await using var host = await ParcelHost.StartAsync(groupCommit: true);
        for (var sent = 0; sent < Parcels; sent++)
            await host.SendAsync(new Posted(NewId.NextGuid(), "north"));
        await host.SeeOutboxAsync();
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), seen => seen == Parcels, "every parcel");
        await ScansAsync(host.Database);
        var read = await host.Database.ScalarAsync<long>(
            $"""
            SELECT coalesce(sum(idx_tup_read), 0)::bigint FROM pg_stat_user_indexes WHERE relname ~ '^({FilledTables.Growing})$'
                AND relname !~ '^outbox'
            """
        );
        Assert.InRange(read, 0, Parcels * 5);
    }

    /// <summary>
    /// Per table, how often it has been read from end to end. Connections are closed for it: an open one keeps its counts to itself for a
    /// while.
    /// </summary>
    static async Task<List<string>> ScansAsync(TestDatabase database)
    {
        await database.RunAsync(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND backend_type = 'client backend'
            """
        );
        return await database.ColumnAsync(
            $"SELECT relname || ' ' || seq_scan FROM pg_stat_user_tables WHERE relname ~ '^({FilledTables.Growing})$' ORDER BY relname"
        );
    }

    static void AssertNoScan(string plan) => Assert.False(Regex.IsMatch(plan, $@"Seq Scan on ({FilledTables.Growing})\b"), plan);

    public sealed class Filled : FilledDatabase
    {
        protected override async Task FillAsync()
        {
            await FilledTables.FillSagasAsync(Database);
            await FilledTables.FillMessagesAsync(Database);
        }
    }

    sealed class Recorder : DbCommandInterceptor
    {
        public List<SentStatement> Statements { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            Statements.Add(SentStatement.Of(command));
            return ValueTask.FromResult(result);
        }
    }
}

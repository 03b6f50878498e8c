using System.Diagnostics;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>Many due rows: several claims on their way at once, at a bounded rate, and still each stream in its order.</summary>
public sealed class When_a_backlog_is_swept
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_row_goes_once_and_every_stream_in_its_order()
    {
        await using var host = await ParcelHost.StartAsync();
        await FillAsync(host.Database, streams: 60, each: 10);
        await host.SeeOutboxAsync();
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), count => count >= 600, "all deliveries");
        var received = host.Received().Select(deliver => deliver.Message.Route.Split('-')).ToList();
        Assert.Equal(600, received.Count);
        Assert.All(
            received.GroupBy(route => route[0]),
            stream => Assert.Equal(Enumerable.Range(1, 10), stream.Select(route => int.Parse(route[1], null)))
        );
    }

    [Fact]
    public async Task It_goes_at_no_more_than_its_rate()
    {
        await using var host = await ParcelHost.StartAsync(outbox: options => options.SweepRate = 200);
        var started = Stopwatch.GetTimestamp();
        await FillAsync(host.Database, streams: 500, each: 1);
        await host.SeeOutboxAsync();
        // The first claim does not wait, and a tenth of a second may be caught up.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 2.0, 20);
    }

    [Fact]
    public async Task Two_workers_claim_different_rows_and_neither_waits()
    {
        await using var tables = await TablesAsync(streams: 4 * OutboxTable.MostAtOnce, each: 1);
        await using var one = await tables.ConnectAsync();
        await using var other = await tables.ConnectAsync();
        await using var transaction = await one.BeginTransactionAsync();
        var first = await OutboxTable.ClaimAsync(one, Lease, DateTimeOffset.MinValue, CancellationToken.None);
        var second = await OutboxTable.ClaimAsync(other, Lease, DateTimeOffset.MinValue, CancellationToken.None);
        Assert.Equal(OutboxTable.MostAtOnce, first.Rows.Count);
        Assert.Equal(OutboxTable.MostAtOnce, second.Rows.Count);
        Assert.Empty(first.Rows.Select(row => row.Id).Intersect(second.Rows.Select(row => row.Id)));
    }

    [Fact]
    public async Task The_next_claim_goes_on_where_the_last_one_ended()
    {
        await using var tables = await TablesAsync(streams: 2 * OutboxTable.MostAtOnce, each: 1);
        await using var connection = await tables.ConnectAsync();
        var first = await OutboxTable.ClaimAsync(connection, Lease, DateTimeOffset.MinValue, CancellationToken.None);
        // Committed behind the walk: it is found by the next walk from the beginning.
        await tables.Database.RunAsync($"UPDATE outbox SET due_at = '-infinity' WHERE id = '{first.Rows[0].Id}'");
        var second = await OutboxTable.ClaimAsync(connection, Lease, first.LastDueAt!.Value, CancellationToken.None);
        Assert.Equal(OutboxTable.MostAtOnce, second.Rows.Count);
        Assert.DoesNotContain(first.Rows[0].Id, second.Rows.Select(row => row.Id));
        var third = await OutboxTable.ClaimAsync(connection, Lease, DateTimeOffset.MinValue, CancellationToken.None);
        Assert.Equal(first.Rows[0].Id, Assert.Single(third.Rows).Id);
    }

    [Fact]
    public async Task A_row_that_waits_for_another_of_its_stream_is_no_reason_to_look_again_at_once()
    {
        await using var tables = await TablesAsync(streams: 1, each: 2);
        await using var connection = await tables.ConnectAsync();
        Assert.Single((await OutboxTable.ClaimAsync(connection, Lease, DateTimeOffset.MinValue, CancellationToken.None)).Rows);
        var nothing = await OutboxTable.ClaimAsync(connection, Lease, DateTimeOffset.MinValue, CancellationToken.None);
        Assert.Empty(nothing.Rows);
        Assert.InRange(nothing.NextDueIn!.Value, Lease - TimeSpan.FromSeconds(20), Lease);
    }

    [Fact]
    public async Task What_was_sent_goes_and_what_was_not_waits_is_parked_or_is_given_back_uncounted()
    {
        await using var tables = await TablesAsync(streams: 4, each: 1);
        await using var connection = await tables.ConnectAsync();
        var rows = (await OutboxTable.ClaimAsync(connection, Lease, DateTimeOffset.MinValue, CancellationToken.None))
            .Rows.OrderBy(row => row.Sequence)
            .Select(row => row.Id)
            .ToArray();
        await OutboxTable.SettleAsync(
            connection,
            [rows[0]],
            [new(rows[1], TimeSpan.FromMinutes(4), "no answer"), new(rows[2], null, "returned"), new(rows[3], TimeSpan.Zero, null)],
            CancellationToken.None
        );
        Assert.Equal(
            ["waits 1 no answer", "parked 1 returned", "due 0 "],
            await tables.Database.ColumnAsync(
                """
                SELECT CASE WHEN due_at IS NULL AND parked_at IS NOT NULL THEN 'parked' WHEN parked_at IS NOT NULL THEN 'both'
                    WHEN due_at <= now() THEN 'due'
                    WHEN due_at > now() + interval '3 minutes' THEN 'waits' ELSE 'leased'
                        END || ' ' || attempts || ' ' || coalesce(last_fault, '') FROM outbox ORDER BY sequence
                """
            )
        );
    }

    static async Task<Tables> TablesAsync(int streams, int each)
    {
        var database = await TestDatabase.CreateAsync();
        await Schema.MigrateAsync(database.ConnectionString, CancellationToken.None);
        await FillAsync(database, streams, each);
        return new Tables(database);
    }

    /// <summary>Rows whose text is stream and number; within a stream the last was due first.</summary>
    static Task FillAsync(TestDatabase database, int streams, int each)
    {
        var urn = MessageUrn.ForTypeString<Deliver>();
        return database.RunAsync(
            $$"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at)
            SELECT gen_random_uuid(), md5('stream' || stream)::uuid, gen_random_uuid(), 'exchange:parcel-delivery',
                'application/vnd.masstransit+json', '{{urn}}', '{}',
                convert_to(json_build_object('messageType', json_build_array('{{urn}}'), 'message',
                    json_build_object('parcelId', gen_random_uuid(), 'route', stream || '-' || number))::text, 'UTF8'),
                now(), now() - interval '1 minute' - number * interval '1 second' + stream * interval '1 millisecond'
            FROM generate_series(1, {{each}}) number, generate_series(1, {{streams}}) stream ORDER BY number, stream
            """
        );
    }

    sealed record Tables(TestDatabase Database) : IAsyncDisposable
    {
        public async Task<NpgsqlConnection> ConnectAsync()
        {
            var connection = new NpgsqlConnection(Database.ConnectionString);
            await connection.OpenAsync();
            return connection;
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}

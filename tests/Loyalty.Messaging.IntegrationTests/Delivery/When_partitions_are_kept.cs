using Loyalty.Messaging.Delivery.Retention;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>Old days go and new ones come while others write.</summary>
public sealed class When_partitions_are_kept : IAsyncLifetime
{
    const int Days = 8;
    static readonly string[] OldDays =
    [
        .. Enumerable
            .Range(1, 3)
            .Select(ago => $"inbox_{TimeProvider.System.GetUtcNow().AddDays(-Days - ago):yyyyMMdd}")
            .Order(StringComparer.Ordinal),
    ];
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await Schema.MigrateAsync(_database.ConnectionString, CancellationToken.None);
        foreach (var ago in Enumerable.Range(1, OldDays.Length))
            await _database.RunAsync(
                $"""
                CREATE TABLE inbox_{Day(-Days - ago):yyyyMMdd} PARTITION OF inbox FOR VALUES FROM ('{Day(-Days - ago):yyyy-MM-dd}')
                    TO ('{Day(-Days - ago + 1):yyyy-MM-dd}')
                """
            );
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_delivery_that_takes_long_holds_the_dropping_up_and_the_dropping_holds_up_no_delivery()
    {
        await using (var slow = new NpgsqlConnection(_database.ConnectionString))
        {
            await slow.OpenAsync();
            await using var transaction = await slow.BeginTransactionAsync();
            await TakeAsync(slow);

            using var stop = new CancellationTokenSource();
            var taking = TakeUntilAsync(stop.Token);
            var gaveUp = await Assert.ThrowsAsync<PostgresException>(KeepAsync);
            await stop.CancelAsync();
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, gaveUp.SqlState);
            Assert.True(await taking > 20);

            // The detaching was begun: it is this half way from which the next time goes on, and in which it may be stopped again.
            Assert.Equal(
                [OldDays[0]],
                await _database.ColumnAsync("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending")
            );
            Assert.Equal(OldDays, await OldAsync());
            await transaction.CommitAsync();
        }
        await KeepAsync();
        Assert.Empty(await OldAsync());
    }

    [Fact]
    public async Task A_day_that_was_detached_and_not_dropped_is_dropped()
    {
        await _database.RunAsync($"ALTER TABLE inbox DETACH PARTITION {OldDays[1]}");
        await KeepAsync();
        Assert.Empty(await OldAsync());
    }

    [Fact]
    public async Task A_day_that_was_made_and_not_attached_is_attached()
    {
        var today = $"inbox_{Day(0):yyyyMMdd}";
        await _database.RunAsync($"ALTER TABLE inbox DETACH PARTITION {today}");
        await KeepAsync();
        Assert.Equal(1L, await _database.ScalarAsync<long>($"SELECT count(*) FROM pg_inherits WHERE inhrelid = '{today}'::regclass"));
    }

    [Fact]
    public async Task A_process_that_hangs_while_keeping_keeps_nobody_else_from_starting()
    {
        await KeepAsync();
        await using var hanging = await KeeperLockAsync(_database);
        await KeepAsync();
    }

    [Fact]
    public async Task After_weeks_without_a_process_nothing_is_delivered_before_there_is_a_place_for_it()
    {
        await using var host = await ParcelHost.StartAsync(start: false);
        foreach (
            var partition in await host.Database.ColumnAsync(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent IN ('inbox'::regclass, 'journal'::regclass)"
            )
        )
            await host.Database.RunAsync($"DROP TABLE {partition}");
        await using (await KeeperLockAsync(host.Database))
        {
            await host.StartAsync();
            await host.SendAsync(new Posted(NewId.NextGuid(), "south"));
            await Eventually.SeeAsync(
                async () => (await host.Vhost.DepthsAsync())["parcels"],
                depth => depth == 0,
                "the delivery to be taken from its queue"
            );
        }
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), count => count == 1, "the parcel's message");
    }

    [Fact]
    public async Task A_worker_whose_clock_is_weeks_ahead_takes_its_messages_today_and_drops_no_day_that_is_in_use()
    {
        await using var host = await ParcelHost.StartAsync(time: new ClockAhead());
        await host.SendAsync(new Posted(NewId.NextGuid(), "south"));
        await Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), count => count == 1, "the parcel's message");
        Assert.Equal(1L, await host.Database.ScalarAsync<long>($"SELECT count(*) FROM inbox_{Day(0):yyyyMMdd}"));
        Assert.Equal(
            1L,
            await host.Database.ScalarAsync<long>($"SELECT count(*) FROM pg_inherits WHERE inhrelid = 'inbox_{Day(-1):yyyyMMdd}'::regclass")
        );
    }

    [Theory, InlineData(8, true), InlineData(9, false)]
    public async Task A_message_is_known_for_as_many_days_as_are_kept(int ago, bool known)
    {
        await using var host = await ParcelHost.StartAsync(outbox: options => options.InboxDays = Days);
        var (parcel, message) = (NewId.NextGuid(), NewId.NextGuid());
        await host.SendAsync(new Scanned(parcel, "A"), message);
        await Eventually.SeeAsync(() => host.ParcelAsync(parcel), seen => seen?.Scans == 1, "the scan");
        await host.Database.RunAsync(
            $"""
            CREATE TABLE inbox_{Day(-ago):yyyyMMdd} PARTITION OF inbox FOR VALUES FROM ('{Day(-ago):yyyy-MM-dd}')
                TO ('{Day(1 - ago):yyyy-MM-dd}')
            """
        );
        await host.Database.RunAsync($"UPDATE inbox SET received_on = received_on - {ago}");

        await host.SendAsync(new Scanned(parcel, "B"), message);
        await host.SendAsync(new Scanned(parcel, "C"));
        var expected = known ? 2 : 3;
        await Eventually.SeeAsync(() => host.ParcelAsync(parcel), seen => seen?.Scans >= expected, "what is no repetition");
        await Eventually.SeeAsync(() => host.Vhost.DepthsAsync(), depths => depths["parcels"] == 0, "an empty queue");
        Assert.Equal(expected, (await host.ParcelAsync(parcel))!.Scans);
    }

    Task KeepAsync() => Partitions.KeepAsync(_database.ConnectionString, Days, CancellationToken.None);

    Task<List<string>> OldAsync() =>
        _database.ColumnAsync($"SELECT relname FROM pg_class WHERE relname IN ('{string.Join("', '", OldDays)}') ORDER BY relname");

    /// <returns>How many were taken; who had to wait for a lock fails.</returns>
    async Task<int> TakeUntilAsync(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using (var impatient = new NpgsqlCommand("SET lock_timeout = '300ms'", connection))
            await impatient.ExecuteNonQueryAsync(CancellationToken.None);
        var taken = 0;
        for (; !stop.IsCancellationRequested; taken++)
            await TakeAsync(connection);
        return taken;
    }

    /// <summary>As a delivery does: it looks for the message on the days around and takes it on its own.</summary>
    static async Task TakeAsync(NpgsqlConnection connection)
    {
        await using var take = new NpgsqlCommand(
            """
            INSERT INTO inbox (message_id, consumer_id, received_on) SELECT $1, $1, $2 WHERE NOT EXISTS (
                SELECT 1 FROM inbox WHERE message_id = $1 AND received_on >= $2 - 1 AND received_on <= $2 + 1) ON CONFLICT DO NOTHING
            """,
            connection
        )
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = Guid.NewGuid() },
                new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(Day(0).UtcDateTime) },
            },
        };
        await take.ExecuteNonQueryAsync();
    }

    static async Task<NpgsqlConnection> KeeperLockAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({Partitions.KeeperLock})", connection);
        await take.ExecuteNonQueryAsync();
        return connection;
    }

    static DateTimeOffset Day(int days) => TimeProvider.System.GetUtcNow().AddDays(days);

    /// <summary>Goes on as the real one does. A fake clock would stand still.</summary>
    sealed class ClockAhead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(30);
    }
}

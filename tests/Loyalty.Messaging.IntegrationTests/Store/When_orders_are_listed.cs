using System.Globalization;
using System.Text.RegularExpressions;
using Loyalty.Messaging.IntegrationTests.Large;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;
using Loyalty.Messaging.Store.Statistics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>Lists over tables that are large, most of whose rows came into their state at the same moment, as after a migration.</summary>
public sealed class When_orders_are_listed(When_orders_are_listed.Filled filled) : IClassFixture<When_orders_are_listed.Filled>
{
    const int Mixed = 300;

    static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Questions =>
        [
            "everything",
            "a state",
            "states of one kind",
            "a time",
            "a day",
            "a day and a state",
            "stuck",
            "an id",
            "a collector",
            "a later page",
        ];

    [Theory, MemberData(nameof(Questions))]
    public async Task No_question_reads_a_table_from_end_to_end_or_sorts_it(string question)
    {
        var (sql, parameters) = OrderListSql.Of(Filter(question), StuckLimits.Default, Now, 51);
        var plan = await PlanAsync(sql!, parameters);
        Assert.DoesNotMatch(@"Seq Scan on (issuance|reversal)\b", plan);
        // What is read is what is shown, from each of sixteen ranges at most; not what is there.
        Assert.All(
            Regex.Matches(plan, @"actual rows=(\d+)").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
            rows => Assert.InRange(rows, 0, 16 * 51)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Issuing")]
    public async Task Page_by_page_everything_comes_once_and_in_order(string? state)
    {
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        var queries = new OrderListQueries(context, StuckLimits.Default, new FakeTimeProvider(Now));
        var seen = new List<OrderRow>();
        OrderList page;
        var filter = new OrderFilter { States = state is null ? ["Issuing", "Pending", "Reversing"] : [state], Limit = 7 };
        do
        {
            page = await queries.ListAsync(filter, CancellationToken.None);
            seen.AddRange(page.Orders);
            filter = filter with { Cursor = PageCursor.Parse(page.Next) };
        } while (page.Next is not null);
        Assert.Equal(
            await filled.Database.ScalarAsync<long>(
                $"""
                SELECT (SELECT count(*) FROM issuance
                    WHERE current_state IN ({(state is null ? "'Issuing', 'Pending'" : "'Issuing'")})) +
                    {(state is null ? "(SELECT count(*) FROM reversal WHERE current_state IN ('Reversing', 'Pending'))" : "0")}
                """
            ),
            seen.Count
        );
        Assert.Equal(seen.Count, seen.Select(row => row.Id).Distinct().Count());
        Assert.Equal(seen.Select(row => row.Since).OrderDescending(), seen.Select(row => row.Since));
    }

    [Fact]
    public async Task Stuck_is_what_is_older_than_its_states_limit()
    {
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        var queries = new OrderListQueries(context, StuckLimits.Default, new FakeTimeProvider(Now));
        var stuck = new List<OrderRow>();
        var filter = new OrderFilter { Stuck = true, Limit = OrderFilter.MaxLimit };
        do
        {
            var page = await queries.ListAsync(filter, CancellationToken.None);
            stuck.AddRange(page.Orders);
            filter = filter with { Cursor = PageCursor.Parse(page.Next) };
        } while (filter.Cursor is not null);
        Assert.All(
            stuck,
            row => Assert.True(row.Stuck && Now - row.Since > StuckLimits.Default.After[row.State], $"{row.State} since {row.Since}")
        );
        Assert.Equal(
            await filled.Database.ScalarAsync<long>(
                "SELECT count(*) FROM issuance WHERE current_state = 'Issuing' AND state_since < '2026-11-21T11:00:00Z'"
            ),
            stuck.Count(row => row is { State: "Issuing", Kind: SagaKind.Issue })
        );
    }

    [Fact]
    public async Task Open_states_are_counted_and_settled_ones_estimated_without_reading_a_table()
    {
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        var queries = new StatsQueries(context, StuckLimits.Default, new FakeTimeProvider(Now));
        var (sql, parameters) = queries.StatesSql(Now);
        Assert.DoesNotMatch(@"Seq Scan on (issuance|reversal)\b", await PlanAsync(sql, parameters));
        var stats = await queries.ReadAsync(new DateOnly(2026, 11, 21), CancellationToken.None);
        var issuing = stats.States.Single(state => state is { State: "Issuing", Kind: SagaKind.Issue });
        Assert.Equal((false, Mixed), (issuing.Estimated, issuing.Count));
        Assert.Equal(issuing.Count, issuing.UpToHour + issuing.UpToDay + issuing.Older);
        var issued = stats.States.Single(state => state is { State: "Issued", Kind: SagaKind.Issue });
        Assert.True(issued.Estimated);
        Assert.InRange(issued.Count, FilledTables.Rows * 0.9, FilledTables.Rows * 1.1);
        Assert.Equal(
            new SponsorMiles
            {
                SponsorCode = "KENY",
                Kind = SagaKind.Issue,
                Count = Mixed,
                Miles = 3 * Mixed,
            },
            Assert.Single(stats.Today, today => today.Kind == SagaKind.Issue)
        );
    }

    [Fact]
    public async Task Timers_come_by_their_time_page_by_page()
    {
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        var queries = new TimerQueries(context);
        var first = await queries.ListAsync(null, 10, CancellationToken.None);
        var second = await queries.ListAsync(PageCursor.Parse(first.Next), 10, CancellationToken.None);
        Assert.Equal((10, 10), (first.Timers.Count, second.Timers.Count));
        Assert.Empty(first.Timers.Select(timer => timer.Id).Intersect(second.Timers.Select(timer => timer.Id)));
        Assert.Equal(
            first.Timers.Concat(second.Timers).Select(timer => timer.DueAt).Order(),
            first.Timers.Concat(second.Timers).Select(timer => timer.DueAt)
        );
    }

    [Fact]
    public async Task One_sample_is_taken_however_many_instances_try_and_old_ones_go()
    {
        await filled.Database.RunAsync("DELETE FROM ops_sample");
        var clock = new FakeTimeProvider(Now);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TakeAsync(clock)));
        Assert.Equal(1, await filled.Database.ScalarAsync<long>("SELECT count(*) FROM ops_sample"));
        await TakeAsync(new FakeTimeProvider(Now + SampleHistory.Interval));
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        var samples = await new SampleHistory(context, clock).SinceAsync(Now, CancellationToken.None);
        Assert.Equal([Now, Now + SampleHistory.Interval], samples.Select(sample => sample.At));
        await TakeAsync(new FakeTimeProvider(Now + SampleHistory.Kept + SampleHistory.Interval * 3));
        Assert.Equal(1, await filled.Database.ScalarAsync<long>("SELECT count(*) FROM ops_sample"));
    }

    async Task TakeAsync(TimeProvider time)
    {
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        await new SampleHistory(context, time).TakeAsync(CancellationToken.None);
    }

    static OrderFilter Filter(string question) =>
        question switch
        {
            "a state" => new OrderFilter { States = ["Issued"] },
            "states of one kind" => new OrderFilter { States = ["Rejected", "Suspended", "Issued"], Kind = SagaKind.Issue },
            "a time" => new OrderFilter { From = Now.AddHours(-2), To = Now },
            "a day" => new OrderFilter { Day = new DateOnly(2026, 11, 21) },
            "a day and a state" => new OrderFilter { Day = new DateOnly(2026, 11, 21), States = ["Issued"] },
            "stuck" => new OrderFilter { Stuck = true },
            "an id" => new OrderFilter { Id = "I-order-77" },
            "a collector" => new OrderFilter { CollectorHash = new byte[32] },
            "a later page" => new OrderFilter
            {
                Cursor = new PageCursor(Now.AddDays(-30), Guid.Parse("80000000-0000-0000-0000-000000000000")),
            },
            _ => new OrderFilter(),
        };

    async Task<string> PlanAsync(string sql, object[] parameters)
    {
        await using var connection = new NpgsqlConnection(filled.Database.ConnectionString);
        await connection.OpenAsync();
        await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, TIMING off, SUMMARY off) {sql}", connection);
        foreach (NpgsqlParameter parameter in parameters)
            explain.Parameters.Add(parameter.Clone());
        await using var reader = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    public sealed class Filled : FilledDatabase
    {
        protected override async Task FillAsync()
        {
            await FilledTables.FillSagasAsync(Database);
            // All settled rows at one moment, one day's worth of 120,000 on the same day, and some in other states around now.
            await Database.RunAsync(
                $"""
                UPDATE issuance SET state_since = '2026-10-01', transaction_day = '2026-11-20';
                UPDATE reversal SET state_since = '2026-10-01', transaction_day = '2026-11-20';
                INSERT INTO issuance (correlation_id, current_state, state_since, version, order_id, miles, reversed_miles, claims,
                    revision, updated_at, transaction_day, timer_due_at, sponsor_code)
                SELECT gen_random_uuid(), state, timestamptz '2026-11-21T12:00:00Z' - number / 3 * interval '10 minutes', 2,
                    state || number, 3, 0, '[]', 1, now(), '2026-11-21',
                    CASE state WHEN 'Issuing' THEN timestamptz '2026-11-21T12:00:00Z' + number * interval '1 second' END, 'KENY'
                FROM generate_series(1, {Mixed}) number,
                    unnest(ARRAY['Issuing', 'Pending', 'Rejected', 'Suspended', 'AwaitingOrder']) state;
                INSERT INTO reversal (correlation_id, current_state, state_since, version, refund_id, order_id, content_hash, refunded_at,
                    offers, miles, revision, updated_at, transaction_day)
                SELECT gen_random_uuid(), state, timestamptz '2026-11-21T12:00:00Z' - number / 3 * interval '10 minutes', 3,
                    state || number, 'order-' || number, '', now(), '[]', 2, 1, now(), '2026-11-21'
                FROM generate_series(1, {Mixed}) number, unnest(ARRAY['Reversing', 'Pending', 'Rejected']) state;
                ANALYZE issuance, reversal
                """
            );
        }
    }
}

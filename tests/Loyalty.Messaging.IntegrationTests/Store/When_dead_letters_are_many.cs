using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.IntegrationTests.Large;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Paging;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>
/// Fifty thousand dead letters, a job over all of them in the middle of its way: pages and the job's steps go by indexes when they are
/// carried out.
/// </summary>
public sealed class When_dead_letters_are_many(When_dead_letters_are_many.Filled filled) : IClassFixture<When_dead_letters_are_many.Filled>
{
    const int Rows = 50_000;
    const string Tables = "dead_letter|dead_letter_text|dead_letter_failure|job_item|outbox|journal_[0-9]+";
    static readonly Guid Job = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [Theory]
    [InlineData("open")]
    [InlineData("the next page")]
    [InlineData("of a group")]
    [InlineData("of an order")]
    [InlineData("that hold a text")]
    public async Task A_page_of_them_goes_by_an_index(string which)
    {
        var open = new DeadLetterSelection { State = DeadLetterStates.Open };
        var page = await SeeAsync(context =>
            new DeadLetterQueries(context).ListAsync(
                which switch
                {
                    "of a group" => open with { Group = Group(7) },
                    "of an order" => new DeadLetterSelection { OrderId = "order-30000" },
                    "that hold a text" => open with { Q = "Sku-30000 " },
                    _ => open,
                },
                which == "the next page" ? new PageCursor(TimeProvider.System.GetUtcNow().AddDays(-1), 7) : null,
                50,
                CancellationToken.None
            )
        );
        Assert.NotEmpty(page.Items);
    }

    /// <summary>An outage gives up many at one instant.</summary>
    [Fact]
    public async Task Page_after_page_brings_each_of_them_once()
    {
        var group = new DeadLetterSelection { State = DeadLetterStates.Open, Group = Group(7) };
        await using var context = LoyaltyContext.Of(filled.Database.ConnectionString);
        // Never committed: the others look at them too.
        await using var transaction = await context.Database.BeginTransactionAsync();
        var all = await context
            .DeadLetters.Where(row => row.Fingerprint == Group(7) && row.State == DeadLetterStates.Open)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastFailedAt, TimeProvider.System.GetUtcNow()));
        var (seen, cursor) = (new List<Guid>(), (string?)null);
        do
        {
            var page = await new DeadLetterQueries(context).ListAsync(group, PageCursor.Parse(cursor), 100, CancellationToken.None);
            seen.AddRange(page.Items.Select(letter => letter.Id));
            cursor = page.Cursor;
        } while (cursor is not null);
        Assert.True(all > 200, "one page is no list of pages");
        Assert.Equal((all, all), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task Their_groups_are_counted_by_an_index()
    {
        var groups = await SeeAsync(context =>
            new DeadLetterQueries(context).GroupsAsync(new DeadLetterSelection { State = DeadLetterStates.Open }, CancellationToken.None)
        );
        Assert.Equal(20, groups.Count);
        Assert.Equal(Rows / 10, groups.Sum(group => group.Count));
        await SeeAsync(context => new DeadLetterQueries(context).OpenByOwnerAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_replays_next_step_goes_by_an_index()
    {
        var items = await SeeAsync(context => new JobWork(context).NextAsync(Job, 100, CancellationToken.None));
        // The order of the first that waits has another on its way.
        Assert.Equal((100, 20_102), (items.Count, items[0].Ordinal));
        await SeeAsync(context =>
            new JobWork(context).BehindFailedAsync(Job, [.. items.Select(item => item.Ordinal)], CancellationToken.None)
        );
        Assert.Equal(
            100,
            (
                await SeeAsync(context =>
                    new JobWork(context).LettersAsync([.. items.Select(item => Guid.Parse(item.Subject))], CancellationToken.None)
                )
            ).Count
        );
    }

    [Fact]
    public async Task What_became_of_what_was_sent_is_looked_up_by_an_index()
    {
        await SeeAsync(async context =>
        {
            await new JobWork(context).SettleReplaysAsync(Job, CancellationToken.None);
            return 0;
        });
        Assert.Equal(
            100,
            await filled.Database.ScalarAsync<long>($"SELECT count(*) FROM job_item WHERE job_id = '{Job}' AND state = 'Sent'")
        );
    }

    /// <summary>
    /// No table is read from end to end meanwhile, as its own connection counts it: nobody else's reading is among that, nor what is
    /// counted late.
    /// </summary>
    async Task<T> SeeAsync<T>(Func<LoyaltyDbContext, Task<T>> look)
    {
        await using var context = LoyaltyContext.Of($"{filled.Database.ConnectionString};Pooling=false");
        await using var transaction = await context.Database.BeginTransactionAsync();
        // Processes beside would keep their own counts.
        await context.Database.ExecuteSqlRawAsync("SET LOCAL max_parallel_workers_per_gather = 0");
        var seen = await look(context);
        Assert.Empty(
            await context
                .Database.SqlQueryRaw<string>(
                    $"""
                    SELECT relname || ' ' || seq_scan AS "Value" FROM pg_stat_xact_user_tables WHERE seq_scan > 0
                        AND relname ~ '^({Tables})$'
                    """
                )
                .ToListAsync()
        );
        await transaction.CommitAsync();
        return seen;
    }

    /// <summary>As the filling makes them.</summary>
    static Guid Group(int number) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"cause-{number}")).AsSpan(0, 16), bigEndian: true);

    public sealed class Filled : FilledDatabase
    {
        protected override async Task FillAsync()
        {
            await FilledTables.FillMessagesAsync(Database);
            await Database.RunAsync(
                $"""
                INSERT INTO dead_letter (id, state, state_since, kind, owner, endpoint, message_id, delivery_id, reason, fingerprint,
                    order_id, headers, body, first_failed_at, last_failed_at, failures, job_id)
                SELECT substr(encode(sha256(convert_to('letter-' || number, 'UTF8')), 'hex'), 1, 32)::uuid, CASE number % 10
                    WHEN 0 THEN 'Open' WHEN 1 THEN 'Replaying' ELSE 'Replayed' END, now(), 'failed', 'us', 'loyalty.issuance',
                    'm-' || number, gen_random_uuid(), 'a defect',
                        substr(encode(sha256(convert_to('cause-' || number / 10 % 20, 'UTF8')), 'hex'), 1, 32)::uuid, 'order-' || number,
                        '{Empty}', convert_to('{Empty}', 'UTF8'),
                    now() - number * interval '1 minute', now() - number * interval '1 minute', 1, '{Job}'
                FROM generate_series(1, {Rows}) number;
                INSERT INTO dead_letter_text (dead_letter_id, text)
                    SELECT id, 'order of a shop with sku-' || substr(order_id, 7) || ' and more' FROM dead_letter;
                INSERT INTO job (id, kind, state, state_since, description, reason, created_by, created_at, rate, ramp, stop_on_same,
                    stop_share, total)
                VALUES ('{Job}', 'replay', 'Running', now(), '', '', '', now(), 100, '[]', true, 10, {Rows});
                INSERT INTO job_item (job_id, ordinal, subject, order_id, state, sent_at, journal_at, outbox_id)
                SELECT '{Job}', number, substr(encode(sha256(convert_to('letter-' || number, 'UTF8')), 'hex'), 1, 32)::uuid,
                    'order-' || (CASE number WHEN 20101 THEN 20001 ELSE number END),
                    CASE WHEN number <= 20000 THEN 'Done' WHEN number <= 20100 THEN 'Sent' ELSE 'Waiting' END, CASE
                        WHEN number <= 20100 THEN now() + interval '1 hour' END, CASE WHEN number <= 20100 THEN 0 END, gen_random_uuid()
                FROM generate_series(1, {Rows}) number
                """
            );
            // As the server does by itself after a while: until then the planner takes the index of texts for an unsorted heap.
            await Database.RunAsync("VACUUM ANALYZE dead_letter, dead_letter_text, job, job_item");
        }

        // Interpolation and a literal brace do not go together.
        const string Empty = "{}";
    }
}

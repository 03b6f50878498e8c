using System.Globalization;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.Orders;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.Store.Statistics;

/// <summary>
/// Counts that stay cheap however long the past is: open states by their index, settled ones up to a bound and beyond it from the
/// database's own statistics.
/// </summary>
public sealed class StatsQueries(LoyaltyDbContext context, StuckLimits limits, TimeProvider time)
{
    /// <summary>Up to here settled states are counted, beyond it estimated.</summary>
    public const int CountedExactly = 10_000;

    /// <summary>The highest count of messages in the outbox; it means "so many or more".</summary>
    public const int OutboxCounted = 100_000;

    /// <summary>The next try of a message that waits is never later than this.</summary>
    static readonly TimeSpan FarthestTry = TimeSpan.FromHours(1);

    /// <param name="today">The issuer's transaction day now; null leaves the day out, which is the part that grows with it.</param>
    public async Task<StatsView> ReadAsync(DateOnly? today, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var states = await StatesAsync(now, cancellationToken);
        return new StatsView
        {
            At = now,
            States = states,
            Issuances = Counts(states, SagaKind.Issue),
            Reversals = Counts(states, SagaKind.Reverse),
            Outbox = await OutboxAsync(now, cancellationToken),
            Day = today,
            Today = today is { } day ? await TodayAsync(day, cancellationToken) : [],
        };
    }

    static Dictionary<string, long> Counts(List<StateCount> states, string kind) =>
        states.Where(state => state.Kind == kind && state.Count > 0).ToDictionary(state => state.State, state => state.Count);

    async Task<List<StateCount>> StatesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (sql, parameters) = StatesSql(now);
        var states = await context.Database.SqlQueryRaw<StateCount>(sql, parameters).ToListAsync(cancellationToken);
        if (!states.Exists(state => state.Estimated))
            return states;
        var estimates = await context.Database.SqlQueryRaw<StateEstimate>(EstimatesSql).ToListAsync(cancellationToken);
        return states.ConvertAll(state =>
            state.Estimated
                ? state with
                {
                    Count = Math.Max(
                        CountedExactly,
                        estimates.Find(estimate => estimate.Kind == state.Kind && estimate.State == state.State)?.Count ?? 0
                    ),
                }
                : state
        );
    }

    /// <summary>States are ours, so they may stand in the statement.</summary>
    internal (string Sql, object[] Parameters) StatesSql(DateTimeOffset now)
    {
        var parameters = new List<object>
        {
            new NpgsqlParameter("hour", now - TimeSpan.FromHours(1)),
            new NpgsqlParameter("day", now - TimeSpan.FromDays(1)),
        };
        var branches = new List<string>();
        foreach (var (kind, table) in ((string, string)[])[(SagaKind.Issue, "issuance"), (SagaKind.Reverse, "reversal")])
        foreach (var state in SagaKind.StatesOf(kind).Select(each => each.Name))
            branches.Add(SagaKind.OpenStates.Contains(state) ? Open(kind, table, state) : Settled(kind, table, state));
        return (string.Join("\nUNION ALL\n", branches), [.. parameters]);

        string Open(string kind, string table, string state)
        {
            var limit = $"limit{parameters.Count.ToString(CultureInfo.InvariantCulture)}";
            parameters.Add(
                new NpgsqlParameter(limit, limits.After.TryGetValue(state, out var after) ? now - after : DateTimeOffset.UnixEpoch)
            );
            return $"""
                SELECT '{kind}' AS "Kind", '{state}' AS "State", count(*) AS "Count", false AS "Estimated",
                    min(state_since) AS "OldestSince", count(*) FILTER (WHERE state_since >= @hour) AS "UpToHour",
                    count(*) FILTER (WHERE state_since < @hour AND state_since >= @day) AS "UpToDay",
                    count(*) FILTER (WHERE state_since < @day) AS "Older",
                    count(*) FILTER (WHERE state_since < @{limit}) AS "Stuck"
                FROM {table} WHERE current_state = '{state}'
                """;
        }

        // In the index's order: without one the table itself would be read for a state that most rows are in.
        static string Settled(string kind, string table, string state) =>
            $"""
                SELECT '{kind}' AS "Kind", '{state}' AS "State", count(*) AS "Count", count(*) > {CountedExactly} AS "Estimated",
                    NULL::timestamptz AS "OldestSince", NULL::bigint AS "UpToHour", NULL::bigint AS "UpToDay",
                    NULL::bigint AS "Older", NULL::bigint AS "Stuck"
                FROM (SELECT FROM {table} WHERE current_state = '{state}' ORDER BY state_since LIMIT {CountedExactly + 1}) counted
                """;
    }

    const string EstimatesSql = """
        SELECT CASE statistics.tablename WHEN 'issuance' THEN 'issue' ELSE 'reverse' END AS "Kind",
            common.state AS "State", (greatest(relation.reltuples, 0) * common.share)::bigint AS "Count"
        FROM pg_stats statistics JOIN pg_class relation ON relation.oid = to_regclass(statistics.tablename),
            unnest(statistics.most_common_vals::text::text[], statistics.most_common_freqs) AS common (state, share)
        WHERE statistics.tablename IN ('issuance', 'reversal') AND statistics.attname = 'current_state'
            AND statistics.schemaname = relation.relnamespace::regnamespace::text
        """;

    async Task<OutboxStats> OutboxAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await context
            .Database.SqlQueryRaw<OutboxRow>(
                $"""
                SELECT waiting.number AS "Waiting", waiting.oldest AS "Oldest", scheduled.number AS "Scheduled", parked.number AS "Parked"
                FROM
                    (SELECT count(*) AS number, min(created_at) AS oldest
                        FROM (SELECT created_at FROM outbox WHERE due_at <= @soon AND NOT scheduled ORDER BY due_at
                            LIMIT {OutboxCounted}) counted) waiting,
                    (SELECT count(*) AS number FROM (SELECT FROM outbox WHERE due_at IS NOT NULL AND scheduled ORDER BY due_at DESC
                        LIMIT {OutboxCounted}) counted) scheduled,
                    (SELECT count(*) AS number FROM (SELECT FROM outbox WHERE parked_at IS NOT NULL LIMIT {OutboxCounted}) counted) parked
                """,
                new NpgsqlParameter("soon", now + FarthestTry)
            )
            .SingleAsync(cancellationToken);
        return new OutboxStats
        {
            Waiting = row.Waiting,
            Scheduled = row.Scheduled,
            Parked = row.Parked,
            OldestAgeSeconds = row.Oldest is { } oldest ? Math.Max(0, Math.Round((now - oldest).TotalSeconds, 1)) : null,
        };
    }

    const string TodaySql = """
        SELECT sponsor_code AS "SponsorCode", 'issue' AS "Kind", count(*) AS "Count", sum(miles)::bigint AS "Miles" FROM issuance
            WHERE transaction_day = @day AND current_state = ANY(@issued)
            GROUP BY sponsor_code
        UNION ALL
        SELECT sponsor_code, 'reverse', count(*), sum(miles)::bigint FROM reversal
            WHERE transaction_day = @day AND current_state = ANY(@reversed)
            GROUP BY sponsor_code
        ORDER BY "SponsorCode", "Kind"
        """;

    async Task<List<SponsorMiles>> TodayAsync(DateOnly day, CancellationToken cancellationToken) =>
        await context
            .Database.SqlQueryRaw<SponsorMiles>(
                TodaySql,
                new NpgsqlParameter("day", day),
                new NpgsqlParameter("issued", Accepted(IssuanceStates.All)),
                new NpgsqlParameter("reversed", Accepted(ReversalStates.All))
            )
            .ToListAsync(cancellationToken);

    static string[] Accepted(IReadOnlyList<StateMeaning> states) =>
        [.. states.Where(state => state.Effect is CallEffect.Confirmed or CallEffect.Pending).Select(state => state.Name)];

    sealed record OutboxRow(long Waiting, DateTimeOffset? Oldest, long Scheduled, long Parked);

    sealed record StateEstimate(string Kind, string State, long Count);
}

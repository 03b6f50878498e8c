using System.Globalization;
using Loyalty.Messaging.Store.Paging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>
/// Lists of issuances and reversals, the newest change of state first. Whatever the filter and however many rows there are, a page is put
/// together from the upper ends of a few index ranges, one per kind and state: nothing is counted, nothing skipped, nothing sorted that is
/// not shown.
/// </summary>
public sealed class OrderListQueries(LoyaltyDbContext context, StuckLimits limits, TimeProvider time)
{
    public async Task<OrderList> ListAsync(OrderFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var now = time.GetUtcNow();
        var limit = Math.Clamp(filter.Limit, 1, OrderFilter.MaxLimit);
        var (sql, parameters) = OrderListSql.Of(filter, limits, now, limit + 1);
        if (sql is null)
            return new OrderList { Orders = [] };
        var rows = await context.Database.SqlQueryRaw<OrderRow>(sql, parameters).ToListAsync(cancellationToken);
        var shown = rows.Take(limit).Select(row => row with { Stuck = limits.IsStuck(row.State, row.Since, now) }).ToList();
        return new OrderList
        {
            Orders = shown,
            Next = rows.Count > limit ? new PageCursor(shown[^1].Since, shown[^1].Id).ToString() : null,
        };
    }

    /// <summary>Where an id leads: to an order's page, or to a refund on it.</summary>
    /// <param name="id">A whole order id, refund id or clientTransactionId.</param>
    /// <returns>Null when there is neither.</returns>
    public async Task<(string OrderId, string? RefundId)?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        var (order, refund) = (OrderListSql.Stripped(id, "I-"), OrderListSql.Stripped(id, "R-"));
        if (
            await context
                .Issuances.Where(row => row.OrderId == id || row.OrderId == order)
                .Select(row => row.OrderId)
                .FirstOrDefaultAsync(cancellationToken) is
            { } found
        )
            return (found, null);
        return
            await context
                .Reversals.Where(row => row.RefundId == id || row.RefundId == refund)
                .Select(row => new { row.OrderId, row.RefundId })
                .FirstOrDefaultAsync(cancellationToken)
                is { } reversal
            ? (reversal.OrderId, reversal.RefundId)
            : null;
    }
}

/// <summary>The statement behind a list.</summary>
internal static class OrderListSql
{
    const string Issuances = """
        SELECT correlation_id AS "Id", 'issue' AS "Kind", order_id AS "OrderId", NULL::text AS "RefundId", current_state AS "State",
            state_since AS "Since", false AS "Stuck", miles AS "Miles",
            reversed_miles AS "ReversedMiles", '*******' || right(collector_number, 4) AS "Collector", sponsor_code AS "SponsorCode",
            client_transaction_id AS "ClientTransactionId",
            transaction_day AS "TransactionDay", timer_due_at AS "TimerDueAt", reason AS "Reason" FROM issuance
        """;

    const string Reversals = """
        SELECT correlation_id AS "Id", 'reverse' AS "Kind", order_id AS "OrderId", refund_id AS "RefundId", current_state AS "State",
            state_since AS "Since", false AS "Stuck", miles AS "Miles",
            NULL::integer AS "ReversedMiles", '*******' || right(collector_number, 4) AS "Collector", sponsor_code AS "SponsorCode",
                client_transaction_id AS "ClientTransactionId",
            transaction_day AS "TransactionDay", timer_due_at AS "TimerDueAt", reason AS "Reason" FROM reversal
        """;

    const string Newest = "ORDER BY \"Since\" DESC, \"Id\" DESC";

    /// <returns>No statement when nothing can be found.</returns>
    public static (string? Sql, object[] Parameters) Of(OrderFilter filter, StuckLimits limits, DateTimeOffset now, int limit)
    {
        var parameters = new List<object>();
        var branches = new List<string>();
        var conditions = Conditions(filter, parameters);
        if (filter.CollectorHash is { } hash)
        {
            var collector = Add(parameters, "collector", hash);
            if (filter.Kind != SagaKind.Reverse)
                branches.Add(
                    Branch(
                        Issuances,
                        [$"collector_hash = {collector}", .. InStates(filter, SagaKind.Issue, limits, now, parameters), .. conditions]
                    )
                );
            if (filter.Kind != SagaKind.Issue)
                branches.Add(
                    Branch(
                        Reversals,
                        [
                            $"order_id IN (SELECT order_id FROM issuance WHERE collector_hash = {collector})",
                            .. InStates(filter, SagaKind.Reverse, limits, now, parameters),
                            .. conditions,
                        ]
                    )
                );
        }
        else if (filter.Id is { } id)
        {
            var orders = Add(parameters, "orders", (string[])[id, Stripped(id, "I-")]);
            var refunds = Add(parameters, "refunds", (string[])[id, Stripped(id, "R-")]);
            if (filter.Kind != SagaKind.Reverse)
                branches.Add(
                    Branch(
                        Issuances,
                        [$"order_id = ANY({orders})", .. InStates(filter, SagaKind.Issue, limits, now, parameters), .. conditions]
                    )
                );
            if (filter.Kind != SagaKind.Issue)
                branches.Add(
                    Branch(
                        Reversals,
                        [
                            $"(refund_id = ANY({refunds}) OR order_id = ANY({orders}))",
                            .. InStates(filter, SagaKind.Reverse, limits, now, parameters),
                            .. conditions,
                        ]
                    )
                );
        }
        else
        {
            foreach (var kind in (string[])[SagaKind.Issue, SagaKind.Reverse])
            foreach (var state in Wanted(filter, kind, limits))
                branches.Add(
                    Branch(
                        kind == SagaKind.Issue ? Issuances : Reversals,
                        [$"current_state = '{state}'", .. IsStuck(filter, state, limits, now, parameters), .. conditions]
                    ) + $" {Newest} LIMIT {limit}"
                );
        }
        return branches.Count == 0
            ? (null, [])
            : (
                $"SELECT * FROM (\n{string.Join("\nUNION ALL\n", branches.Select(branch => $"({branch})"))}\n) listed {Newest} "
                    + $"LIMIT {limit}",
                [.. parameters]
            );
    }

    public static string Stripped(string id, string prefix) => id.StartsWith(prefix, StringComparison.Ordinal) ? id[prefix.Length..] : id;

    static List<string> Conditions(OrderFilter filter, List<object> parameters)
    {
        var conditions = new List<string>();
        if (filter.Day is { } day)
            conditions.Add($"transaction_day = {Add(parameters, "day", day)}");
        if (filter.From is { } from)
            conditions.Add($"state_since >= {Add(parameters, "from", from.ToUniversalTime())}");
        if (filter.To is { } to)
            conditions.Add($"state_since < {Add(parameters, "to", to.ToUniversalTime())}");
        if (filter.Cursor is { } cursor)
            conditions.Add($"(state_since, correlation_id) < ({Add(parameters, "since", cursor.At)}, {Add(parameters, "id", cursor.Id)})");
        return conditions;
    }

    /// <summary>States of the kind that the filter can find. They are ours, so they may stand in the statement.</summary>
    static IEnumerable<string> Wanted(OrderFilter filter, string kind, StuckLimits limits) =>
        filter.Kind is { } wanted && wanted != kind
            ? []
            : SagaKind
                .StatesOf(kind)
                .Select(state => state.Name)
                .Where(state =>
                    (filter.States.Count == 0 || filter.States.Contains(state)) && (!filter.Stuck || limits.After.ContainsKey(state))
                );

    static IEnumerable<string> IsStuck(OrderFilter filter, string state, StuckLimits limits, DateTimeOffset now, List<object> parameters)
    {
        if (filter.Stuck)
            yield return $"state_since < {Add(parameters, "stuck", now - limits.After[state])}";
    }

    /// <summary>For the few rows that an id or a collector finds.</summary>
    static IEnumerable<string> InStates(OrderFilter filter, string kind, StuckLimits limits, DateTimeOffset now, List<object> parameters)
    {
        var wanted = Wanted(filter, kind, limits).ToList();
        if (filter.Stuck)
            yield return wanted.Count == 0
                ? "false"
                : "("
                    + string.Join(
                        " OR ",
                        wanted.Select(state =>
                            $"(current_state = '{state}' AND {IsStuck(filter, state, limits, now, parameters).Single()})"
                        )
                    )
                    + ")";
        else if (filter.States.Count > 0)
            yield return $"current_state = ANY({Add(parameters, "states", wanted.ToArray())})";
    }

    static string Branch(string select, IReadOnlyList<string> conditions) => $"{select} WHERE {string.Join(" AND ", conditions)}";

    static string Add(List<object> parameters, string name, object value)
    {
        var unique = $"{name}{parameters.Count.ToString(CultureInfo.InvariantCulture)}";
        parameters.Add(new NpgsqlParameter(unique, value));
        return $"@{unique}";
    }
}

using Loyalty.Messaging.Store.Orders;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Days;

/// <summary>The ledger of one transaction day, for reconciliation with the issuer.</summary>
public sealed class DayQueries(LoyaltyDbContext context)
{
    /// <summary>
    /// Every issuance and reversal whose call is of that day, and every order of it that led to no call; orders first, each in the order of
    /// their ids.
    /// </summary>
    public async Task<DayLedger> LedgerAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var issuances = await context
            .Issuances.AsNoTracking()
            .Where(row => row.TransactionDay == day)
            .OrderBy(row => row.OrderId)
            .Select(row => new DayEntry
            {
                Kind = SagaKind.Issue,
                OrderId = row.OrderId,
                State = row.CurrentState,
                Standing = Standing.Unknown,
                Miles = row.Miles,
                SponsorCode = row.SponsorCode,
                ClientTransactionId = row.ClientTransactionId,
                TransactionId = row.TransactionId,
                RequestedAt = row.RequestedAt,
                Attempted = row.CalledAt != null,
            })
            .ToListAsync(cancellationToken);
        var reversals = await context
            .Reversals.AsNoTracking()
            .Where(row => row.TransactionDay == day)
            .OrderBy(row => row.RefundId)
            .Select(row => new DayEntry
            {
                Kind = SagaKind.Reverse,
                OrderId = row.OrderId,
                RefundId = row.RefundId,
                State = row.CurrentState,
                Standing = Standing.Unknown,
                Miles = row.Miles,
                SponsorCode = row.SponsorCode,
                ClientTransactionId = row.ClientTransactionId,
                TransactionId = row.TransactionId,
                RequestedAt = row.RequestedAt,
                Attempted = row.CalledAt != null,
            })
            .ToListAsync(cancellationToken);
        var entries = issuances
            .Concat(reversals)
            .Select(entry => entry with { Standing = Standings.Of(SagaKind.MeaningOf(entry.Kind, entry.State), entry.Miles) })
            .ToList();
        return new DayLedger
        {
            Day = day,
            Totals = Totals(entries),
            Entries = entries,
        };
    }

    static List<DayTotal> Totals(List<DayEntry> entries) =>
        [
            .. entries
                .Where(entry => entry.Standing != Standing.NothingToDo)
                .GroupBy(entry => (entry.SponsorCode, entry.Kind))
                .OrderBy(group => group.Key.SponsorCode, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Kind, StringComparer.Ordinal)
                .Select(group => new DayTotal
                {
                    SponsorCode = group.Key.SponsorCode,
                    Kind = group.Key.Kind,
                    Expected = Of(group, _ => true),
                    Attempted = Of(group, entry => entry.Attempted),
                    Confirmed = Of(group, entry => entry.Standing == Standing.Confirmed),
                    Pending = Of(group, entry => entry.Standing == Standing.Pending),
                    Rejected = Of(group, entry => entry.Standing == Standing.Rejected),
                    Unknown = Of(group, entry => entry.Standing == Standing.Unknown),
                }),
        ];

    static DaySum Of(IEnumerable<DayEntry> entries, Func<DayEntry, bool> counts)
    {
        var counted = entries.Where(counts).ToList();
        return new DaySum(counted.Count, counted.Sum(entry => (long)entry.Miles));
    }
}

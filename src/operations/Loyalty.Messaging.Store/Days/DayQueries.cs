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
            .Select(row => new
            {
                row.OrderId,
                row.CurrentState,
                row.Miles,
                row.SponsorCode,
                row.ClientTransactionId,
                row.TransactionId,
                row.CalledAt,
                row.RequestedAt,
            })
            .ToListAsync(cancellationToken);
        var reversals = await context
            .Reversals.AsNoTracking()
            .Where(row => row.TransactionDay == day)
            .OrderBy(row => row.RefundId)
            .Select(row => new
            {
                row.OrderId,
                row.RefundId,
                row.CurrentState,
                row.Miles,
                row.SponsorCode,
                row.ClientTransactionId,
                row.TransactionId,
                row.CalledAt,
                row.RequestedAt,
            })
            .ToListAsync(cancellationToken);
        List<DayEntry> entries =
        [
            .. issuances.Select(row => new DayEntry
            {
                Kind = SagaKind.Issue,
                OrderId = row.OrderId,
                State = row.CurrentState,
                Miles = row.Miles,
                SponsorCode = row.SponsorCode,
                ClientTransactionId = row.ClientTransactionId,
                TransactionId = row.TransactionId,
                RequestedAt = row.RequestedAt,
                Attempted = row.CalledAt is not null,
                Standing = Standings.Of(SagaKind.MeaningOf(SagaKind.Issue, row.CurrentState), row.Miles),
            }),
            .. reversals.Select(row => new DayEntry
            {
                Kind = SagaKind.Reverse,
                OrderId = row.OrderId,
                RefundId = row.RefundId,
                State = row.CurrentState,
                Miles = row.Miles,
                SponsorCode = row.SponsorCode,
                ClientTransactionId = row.ClientTransactionId,
                TransactionId = row.TransactionId,
                RequestedAt = row.RequestedAt,
                Attempted = row.CalledAt is not null,
                Standing = Standings.Of(SagaKind.MeaningOf(SagaKind.Reverse, row.CurrentState), row.Miles),
            }),
        ];
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

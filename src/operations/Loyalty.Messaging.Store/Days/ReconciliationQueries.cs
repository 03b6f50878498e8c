using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Orders;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Days;

/// <summary>A transaction day from three sides: what commerce published, what our ledger says, what the issuer's statement says.</summary>
public sealed class ReconciliationQueries(LoyaltyDbContext context, DayQueries days)
{
    /// <summary>What is kept of the days before, the latest first.</summary>
    public async Task<IReadOnlyList<DayClose>> DaysAsync(DateOnly upTo, int limit, CancellationToken cancellationToken) =>
        await context.DayCloses.Where(row => row.Day <= upTo).OrderByDescending(row => row.Day).Take(limit).ToListAsync(cancellationToken);

    /// <param name="zone">Of the transaction day.</param>
    public async Task<DayReconciliation> DayAsync(DateOnly day, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var ledger = await days.LedgerAsync(day, cancellationToken);
        var close = await context.DayCloses.SingleOrDefaultAsync(row => row.Day == day, cancellationToken);
        var comparison = close?.StatementName is null
            ? null
            : StatementComparison.Of(
                ledger,
                (await context.StatementRows.Where(row => row.Day == day).ToListAsync(cancellationToken)).ConvertAll(
                    row => new StatementLine(row.ClientTransactionId, row.Miles, row.SponsorCode)
                )
            );
        var (from, to) = (StartOf(day, zone), StartOf(day.AddDays(1), zone));
        var notApplied = await context
            .DeadLetters.Where(row =>
                row.State == DeadLetterStates.Open
                && row.FirstFailedAt >= from
                && row.FirstFailedAt < to
                && (row.Exchange == WireNames.OrderCompleted || row.Exchange == WireNames.OrderRefunded)
            )
            .OrderBy(row => row.FirstFailedAt)
            .Take(DayReconciliation.MostBreaks)
            .Select(row => new
            {
                row.Id,
                row.OrderId,
                row.RefundId,
                row.Reason,
            })
            .ToListAsync(cancellationToken);
        List<DayBreak> breaks =
        [
            .. notApplied.Select(row => new DayBreak(
                "not applied",
                row.OrderId,
                row.RefundId,
                row.Id,
                null,
                null,
                row.Reason,
                "Replay, edit or discard the dead letter"
            )),
            .. ledger
                .Entries.Where(entry => entry.Standing == Standing.Unknown)
                .Select(entry =>
                    Of("unknown", entry, $"{entry.State}: whether it took effect is not known", "Retry it until the issuer answers")
                ),
            .. ledger
                .Entries.Where(entry => entry.Standing == Standing.Rejected)
                .Select(entry => Of("rejected", entry, "The miles are not on the account", "Correct it, or cancel it")),
            .. (comparison?.MissingHere ?? []).Select(line =>
                Of("missing here", line, "Look for the transaction under the neighbouring days")
            ),
            .. (comparison?.MissingThere ?? []).Select(line => Of("missing there", line, "Ask the issuer, with the transaction id")),
            .. (comparison?.Different ?? [])
                .Where(line => !IsTold(ledger, line))
                .Select(line => Of("different", line, "Compare the order with the issuer's answer")),
        ];
        return new DayReconciliation
        {
            Day = day,
            Totals = ledger.Totals,
            Orders = ledger.Entries.Count(entry => entry.Kind == SagaKind.Issue),
            Refunds = ledger.Entries.Count(entry => entry.Kind == SagaKind.Reverse),
            NotApplied = notApplied.Count,
            StatementName = close?.StatementName,
            StatementBy = close?.StatementBy,
            StatementAt = close?.StatementAt,
            Matched = comparison?.Matched,
            BreakCount = breaks.Count,
            Breaks = [.. breaks.Take(DayReconciliation.MostBreaks)],
            SignedOffBy = close?.SignedOffBy,
            SignedOffAt = close?.SignedOffAt,
            SignedOffNote = close?.SignedOffNote,
            BreaksThen = close?.Breaks,
        };
    }

    static DayBreak Of(string kind, DayEntry entry, string what, string action) =>
        new(kind, entry.OrderId, entry.RefundId, null, entry.Miles, null, what, action);

    static DayBreak Of(string kind, StatementDifference line, string action) =>
        new(kind, line.OrderId, line.RefundId, null, line.MilesHere, line.MilesThere, $"{line.ClientTransactionId}: {line.What}", action);

    /// <summary>What is unknown or rejected here stands in the list already.</summary>
    static bool IsTold(DayLedger ledger, StatementDifference line) =>
        ledger.Entries.Any(entry =>
            entry.ClientTransactionId == line.ClientTransactionId
            && entry.Standing is Standing.Unknown or Standing.Rejected
            && entry.Miles == line.MilesThere
        );

    static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}

/// <summary>A transaction day from three sides.</summary>
public sealed record DayReconciliation
{
    /// <summary>More are counted and not listed.</summary>
    public const int MostBreaks = 500;

    public required DateOnly Day { get; init; }

    /// <summary>By sponsor and kind.</summary>
    public required IReadOnlyList<DayTotal> Totals { get; init; }

    /// <summary>In the ledger of the day.</summary>
    public required int Orders { get; init; }
    public required int Refunds { get; init; }

    /// <summary>Events of commerce that were given up on that day and are still open; at most 500.</summary>
    public required int NotApplied { get; init; }

    /// <summary>Absent while no statement was brought.</summary>
    public string? StatementName { get; init; }
    public string? StatementBy { get; init; }
    public DateTimeOffset? StatementAt { get; init; }

    /// <summary>Transactions on which both sides agree; absent without a statement.</summary>
    public int? Matched { get; init; }
    public required int BreakCount { get; init; }

    /// <summary>At most 500.</summary>
    public required IReadOnlyList<DayBreak> Breaks { get; init; }
    public string? SignedOffBy { get; init; }
    public DateTimeOffset? SignedOffAt { get; init; }
    public string? SignedOffNote { get; init; }

    /// <summary>How many there were when it was signed off.</summary>
    public int? BreaksThen { get; init; }
}

/// <summary>Something that does not fit, with where to look and what to do.</summary>
/// <param name="Kind"><c>not applied</c>, <c>unknown</c>, <c>rejected</c>, <c>missing here</c>, <c>missing there</c> or
/// <c>different</c>.</param>
public sealed record DayBreak(
    string Kind,
    string? OrderId,
    string? RefundId,
    Guid? DeadLetterId,
    int? MilesHere,
    int? MilesThere,
    string What,
    string Action
);

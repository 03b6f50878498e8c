using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>One decision about many orders and refunds: first how many it would be done to, then a job that does it.</summary>
internal sealed class BulkDecisions(OrderListQueries orders, JobStore jobs, LoneActs alone, TimeProvider time)
{
    /// <summary>More than this need a narrower question.</summary>
    public const int Most = 10_000;

    public static IReadOnlyList<string> Kinds { get; } = [JobKinds.Retry, JobKinds.Cancel];

    /// <returns>What is wrong with deciding about all of these; null when nothing is.</returns>
    public static string? Mistake(OrderFilter filter) =>
        filter is { States.Count: 0, Stuck: false, Day: null, Id: null }
            ? "A decision about everything is not offered: choose states, stuck ones, a day or an id"
            : null;

    /// <param name="person">Who would decide.</param>
    public async Task<BulkPreview> PreviewAsync(string kind, OrderFilter filter, Actor person, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(filter, cancellationToken);
        var fitting = rows.Where(row => Fits(kind, row)).ToList();
        var miles = fitting.Sum(row => (long)row.Miles);
        return new BulkPreview
        {
            Kind = kind,
            Selected = rows.Count,
            More = rows.Count == Most,
            Fitting = fitting.Count,
            Miles = miles,
            ByState = fitting
                .GroupBy(row => row.State)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count()),
            LeftOut = rows.Where(row => !Fits(kind, row))
                .GroupBy(row => row.State)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count()),
            NeedsApproval = await alone.ObjectionAsync(person.Someone, new Weight(fitting.Count, miles), cancellationToken),
        };
    }

    /// <returns>The job, also when it was made before; null when there is nothing to which the decision would be done.</returns>
    /// <exception cref="JobIdInUseException">Something else was asked for under this id.</exception>
    public async Task<Job?> StartAsync(
        Guid id,
        string kind,
        OrderFilter filter,
        int rate,
        string reason,
        Actor person,
        CancellationToken cancellationToken
    )
    {
        if (await jobs.FindSameAsync(id, kind, reason, cancellationToken) is { } before)
            return before;
        var fitting = (await RowsAsync(filter, cancellationToken)).Where(row => Fits(kind, row)).ToList();
        if (fitting.Count == 0)
            return null;
        var them = $"{Shared.Wording.Count(fitting.Count, "order or refund", "orders and refunds")}{InWords(filter)}";
        var job = NewJob.Of(id, kind, $"{(kind == JobKinds.Retry ? "Retry" : "Cancel")} {them}", reason, person, time.GetUtcNow());
        (job.Rate, job.MilesToIssue) = (rate, fitting.Sum(row => (long)row.Miles));
        job.Ramp = fitting.Count > 1 ? [1, 5, 50] : [];
        var subjects = fitting.ConvertAll(row => new JobSubject(
            row.RefundId is null ? $"order {row.OrderId}" : $"refund {row.RefundId}",
            row.OrderId,
            row.Miles
        ));
        return await jobs.CreateAsync(job, subjects, NewJob.Audited(job, person), cancellationToken);
    }

    async Task<List<OrderRow>> RowsAsync(OrderFilter filter, CancellationToken cancellationToken)
    {
        var rows = new List<OrderRow>();
        for (var next = filter with { Limit = OrderFilter.MaxLimit }; ; )
        {
            var page = await orders.ListAsync(next, cancellationToken);
            rows.AddRange(page.Orders.Take(Most - rows.Count));
            if (page.Next is null || rows.Count == Most)
                return rows;
            next = next with { Cursor = PageCursor.Parse(page.Next) };
        }
    }

    static bool Fits(string kind, OrderRow row) => kind == JobKinds.Retry ? OfferedActs.Retry(row.State) : OfferedActs.Cancel(row.State);

    static string InWords(OrderFilter filter)
    {
        string?[] parts =
        [
            filter.States.Count == 0 ? null : $"in {string.Join(" or ", filter.States)}",
            filter.Stuck ? "that are stuck" : null,
            filter.Day is { } day ? $"of {day:yyyy-MM-dd}" : null,
            filter.From is { } from ? $"since {from:u}" : null,
            filter.To is { } to ? $"before {to:u}" : null,
            filter.Id is null ? null : $"called {filter.Id}",
        ];
        var words = string.Join(", ", parts.Where(part => part is not null));
        return words.Length == 0 ? "" : $" {words}";
    }
}

/// <summary>What a decision about many would be done to.</summary>
internal sealed record BulkPreview
{
    public required string Kind { get; init; }

    /// <summary>How many the question finds; at most 10,000.</summary>
    public required int Selected { get; init; }

    /// <summary>There are more than are looked at: ask more narrowly, or do it again afterwards.</summary>
    public required bool More { get; init; }

    /// <summary>To how many of them the decision would be done.</summary>
    public required int Fitting { get; init; }

    /// <summary>Of those that fit: whole miles that may be issued or taken back, or are given up.</summary>
    public required long Miles { get; init; }

    /// <summary>Those that fit.</summary>
    public required IReadOnlyDictionary<string, int> ByState { get; init; }

    /// <summary>Those to which the decision cannot be done in their state.</summary>
    public required IReadOnlyDictionary<string, int> LeftOut { get; init; }

    /// <summary>Why a second person would have to say yes; absent when nobody has to.</summary>
    public string? NeedsApproval { get; init; }
}

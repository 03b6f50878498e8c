using System.Text.Json;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// One decision about many orders and refunds: first how many it would be done to, then a job that does it. And one about one, where a
/// second person has to say yes.
/// </summary>
internal sealed class BulkDecisions(
    OrderListQueries orders,
    OrderQueries order,
    JobStore jobs,
    LoneActs alone,
    ApprovalLimits limits,
    TimeProvider time
)
{
    /// <summary>More than this need a narrower question.</summary>
    public const int Most = 10_000;

    public static IReadOnlyList<string> Kinds { get; } = [JobKinds.Retry, JobKinds.Cancel];

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

    /// <returns>The job; null when there is nothing to which the decision would be done.</returns>
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
        var fitting = (await RowsAsync(filter, cancellationToken)).Where(row => Fits(kind, row)).ToList();
        if (fitting.Count == 0)
            return null;
        var them = $"{Shared.Wording.Count(fitting.Count, "order or refund", "orders and refunds")}{InWords(filter)}";
        var job = JobOf(id, kind, $"{(kind == JobKinds.Retry ? "Retry" : "Cancel")} {them}", reason, person);
        (job.Rate, job.MilesToIssue) = (rate, fitting.Sum(row => (long)row.Miles));
        job.Ramp = fitting.Count > 1 ? [1, 5, 50] : [];
        var subjects = fitting.ConvertAll(row => new JobSubject(
            row.RefundId is null ? $"order {row.OrderId}" : $"refund {row.RefundId}",
            row.OrderId,
            row.Miles
        ));
        return await CreateAsync(job, subjects, person, cancellationToken);
    }

    /// <summary>
    /// A decision about one. What one person may not take alone waits for a second: for its miles, for what the same person has done alone
    /// before, or for what it states, which may move miles twice.
    /// </summary>
    /// <param name="subjectId">Of the order or refund.</param>
    /// <returns>The job that waits; without one it may be taken now, and counts as done alone. And the miles that were looked at: with more
    /// it is another decision.</returns>
    public async Task<(Job? Job, int? AtMost)> AskAsync(
        DecisionKind decision,
        string subjectId,
        DecisionRequest asked,
        Actor person,
        CancellationToken cancellationToken
    )
    {
        if (limits == ApprovalLimits.Off || decision.JobKind is not { } kind)
            return (null, null);
        var subject = decision.SubjectOf(subjectId);
        var id = asked.OperationId ?? Guid.NewGuid();
        // Under the same id somebody may ask for something else: what was counted for one decision serves no other.
        var set = (asked as CorrectionRequest)?.Miles is { } offers ? $"{Sum(offers)}" : "";
        var counted = DeterministicId.Of("decided alone", kind, subject, id.ToString(), set);
        // Asked again, the answer is the same.
        if (await jobs.FindAsync(id, cancellationToken) is { } asksAlready)
            return (asksAlready, null);
        if (asked.Statement is null && await alone.FindAsync(counted, cancellationToken) is { } before)
            return (null, (int)before.Miles);
        var about = await order.SubjectAsync(subject, cancellationToken);
        // Where there is nothing to decide the saga says so; and should there be by then, it has more miles than none.
        if (asked.Statement is null && (about is null || !IsOffered(kind, about)))
            return (null, 0);
        var miles = asked is CorrectionRequest correction ? Moved(correction, about) : about?.Miles ?? 0;
        var objection = asked.Statement ?? await alone.CountAsync(counted, person.Someone, new Weight(1, miles), cancellationToken);
        if (objection is null)
            return (null, miles);
        var job = JobOf(id, kind, asked.Description(subject), asked.Reason!, person);
        (job.NeedsApproval, job.MilesToIssue) = (objection, asked.Statement is null ? miles : null);
        job.Parameters = JsonSerializer.Serialize(asked, asked.GetType());
        return (await CreateAsync(job, [new JobSubject(subject, null, miles)], person, cancellationToken), miles);
    }

    static bool IsOffered(string kind, DecisionSubject about) =>
        kind switch
        {
            JobKinds.Approve => OfferedActs.Approve(about.State),
            JobKinds.Retry => OfferedActs.Retry(about.State),
            JobKinds.Correct => OfferedActs.Correct(about.State),
            _ => OfferedActs.Cancel(about.State, about.EffectUnknown),
        };

    /// <summary>A refund that was refused has no miles yet: it may be granted all that the order has.</summary>
    static int Moved(CorrectionRequest asked, DecisionSubject? about) =>
        asked.Miles is { } offers ? Sum(offers)
        : about is { Miles: > 0 } ? about.Miles
        : about?.OrderMiles ?? 0;

    static int Sum(IReadOnlyList<OfferMiles> offers) => (int)Math.Min(offers.Sum(offer => (long)offer.Miles), int.MaxValue);

    Job JobOf(Guid id, string kind, string description, string reason, Actor person) =>
        new()
        {
            Id = id,
            Kind = kind,
            StateSince = time.GetUtcNow(),
            Description = description,
            Reason = reason,
            CreatedBy = person.Name,
            CreatedIdentity = person.Identity,
            CreatedAt = time.GetUtcNow(),
            Rate = 1,
            StopOnSame = false,
            StopShare = 10,
        };

    Task<Job> CreateAsync(Job job, IReadOnlyList<JobSubject> items, Actor person, CancellationToken cancellationToken) =>
        jobs.CreateAsync(job, items, person.Does($"{job.Kind} as a job", $"job {job.Id}", job.Reason), cancellationToken);

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

using System.Text.Json;
using Loyalty.Messaging.DeadLetters.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Persistence.Jobs;
using Loyalty.Messaging.Persistence.Queries;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary>One decision about many orders and refunds: first how many it would be done to, then a job that does it.</summary>
internal sealed class BulkDecisions(OrderListQueries orders, OrderQueries order, JobStore jobs, ApprovalLimits limits, TimeProvider time)
{
    /// <summary>More than this need a narrower question.</summary>
    public const int Most = 10_000;

    public static IReadOnlyList<string> Kinds { get; } = [JobKinds.Retry, JobKinds.Cancel];

    public async Task<BulkPreview> PreviewAsync(string kind, OrderFilter filter, CancellationToken cancellationToken)
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
            ByState = fitting.GroupBy(row => row.State).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            LeftOut = rows.Where(row => !Fits(kind, row)).GroupBy(row => row.State).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            NeedsApproval = limits.Objection(fitting.Count, miles),
        };
    }

    /// <returns>The job; null when there is nothing to which the decision would be done.</returns>
    public async Task<Job?> StartAsync(Guid id, string kind, OrderFilter filter, int rate, string reason, Person person, CancellationToken cancellationToken)
    {
        var fitting = (await RowsAsync(filter, cancellationToken)).Where(row => Fits(kind, row)).ToList();
        if (fitting.Count == 0)
            return null;
        var miles = fitting.Sum(row => (long)row.Miles);
        return await CreateAsync(id, kind, $"{(kind == JobKinds.Retry ? "Retry" : "Cancel")} {Site.Spoken.Count(fitting.Count, "order or refund", "orders and refunds")}{InWords(filter)}", rate, reason, null,
            [.. fitting.Select(row => new JobSubject(row.RefundId is null ? $"order {row.OrderId}" : $"refund {row.RefundId}", row.OrderId))], limits.Objection(fitting.Count, miles), miles, person, cancellationToken);
    }

    /// <summary>A correction that sends more miles than one person may, be it that it sets them or that it sends them to another collector.</summary>
    /// <param name="subject"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    /// <returns>The job that waits for a second person; null when none is needed.</returns>
    public async Task<Job?> CorrectAsync(string subject, CorrectionRequest asked, Person person, CancellationToken cancellationToken)
    {
        var miles = asked.Miles?.Sum(offer => (long)offer.Miles) ?? await MilesOfAsync(subject, cancellationToken);
        if (limits.Objection(1, miles) is not { } objection)
            return null;
        return await CreateAsync(asked.OperationId ?? Guid.NewGuid(), JobKinds.Correct, $"Correct {subject}: {asked.InWords}", 1, asked.Reason!, JsonSerializer.Serialize(asked), [new JobSubject(subject, null)], objection, miles, person,
            cancellationToken);
    }

    /// <summary>The approval of a held order with more miles than one person may let go.</summary>
    /// <returns>The job that waits for a second person; null when none is needed, or when there is nothing to approve.</returns>
    public async Task<Job?> ApproveAsync(string orderId, OrderApprovalRequest asked, Person person, CancellationToken cancellationToken)
    {
        if (await order.FindOrderAsync(orderId, cancellationToken) is not { } held || !OfferedActs.Approve(held.State) || limits.Objection(1, held.Miles) is not { } objection)
            return null;
        return await CreateAsync(asked.OperationId ?? Guid.NewGuid(), JobKinds.Approve, $"Approve order {orderId}, which is held", 1, asked.Reason!, null, [new JobSubject($"order {orderId}", null)], objection,
            held.Miles, person, cancellationToken);
    }

    /// <summary>A cancellation that states that the issuer has no such effect: miles may be moved twice on the word of one person.</summary>
    /// <param name="subject"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    /// <returns>The job that waits for a second person; null when none is needed.</returns>
    public async Task<Job?> CancelAsync(string subject, CancellationRequest asked, Person person, CancellationToken cancellationToken)
    {
        if (!asked.NoEffect || limits == ApprovalLimits.Off)
            return null;
        return await CreateAsync(asked.OperationId ?? Guid.NewGuid(), JobKinds.Cancel, $"Cancel {subject}: the issuer has no such transaction", 1, asked.Reason!, JsonSerializer.Serialize(asked), [new JobSubject(subject, null)],
            "it states that a call that may have taken effect has none", null, person, cancellationToken);
    }

    async Task<Job> CreateAsync(
        Guid id, string kind, string description, int rate, string reason, string? parameters, IReadOnlyList<JobSubject> items, string? objection, long? miles, Person person, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await jobs.CreateAsync(new Job
        {
            Id = id,
            Kind = kind,
            State = objection is null ? JobStates.Running : JobStates.AwaitingApproval,
            StateSince = now,
            StateReason = objection,
            Description = description,
            Parameters = parameters,
            Reason = reason,
            CreatedBy = person.Name,
            CreatedIdentity = person.Identity,
            CreatedAt = now,
            NeedsApproval = objection,
            Rate = rate,
            Ramp = items.Count > 1 ? [1, 5, 50] : [],
            StopOnSame = false,
            StopShare = 10,
            MilesToIssue = miles,
        }, items, new Persistence.Audit.AuditedAct(person.Name, person.Role, $"{kind} as a job", $"job {id}", reason), cancellationToken);
    }

    async Task<long?> MilesOfAsync(string subject, CancellationToken cancellationToken)
    {
        var (what, id) = (subject.Split(' ', 2)[0], subject.Split(' ', 2)[^1]);
        if (what == "order")
            return (await order.FindOrderAsync(id, cancellationToken))?.Miles;
        return await order.OrderOfRefundAsync(id, cancellationToken) is { } orderId
            ? (await order.FindOrderAsync(orderId, cancellationToken))?.Reversals.FirstOrDefault(refund => refund.RefundId == id)?.Miles
            : null;
    }

    async Task<List<OrderRow>> RowsAsync(OrderFilter filter, CancellationToken cancellationToken)
    {
        var rows = new List<OrderRow>();
        for (var next = filter with { Limit = OrderFilter.MaxLimit }; ;)
        {
            var page = await orders.ListAsync(next, cancellationToken);
            rows.AddRange(page.Orders.Take(Most - rows.Count));
            if (page.Next is null || rows.Count == Most)
                return rows;
            next = next with { Cursor = OrderCursor.Parse(page.Next) };
        }
    }

    static bool Fits(string kind, OrderRow row) => kind == JobKinds.Retry ? OfferedActs.Retry(row.State) : OfferedActs.Cancel(row.State);

    static string InWords(OrderFilter filter)
    {
        string?[] parts =
        [
            filter.States.Count == 0 ? null : $"in {string.Join(" or ", filter.States)}", filter.Stuck ? "that are stuck" : null, filter.Day is { } day ? $"of {day:yyyy-MM-dd}" : null,
            filter.From is { } from ? $"since {from:u}" : null, filter.To is { } to ? $"before {to:u}" : null, filter.Id is null ? null : $"called {filter.Id}",
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

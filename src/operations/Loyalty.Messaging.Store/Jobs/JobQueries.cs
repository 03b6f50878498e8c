using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Jobs;

/// <summary>Jobs for people to look at.</summary>
public sealed class JobQueries(LoyaltyDbContext context, JobWork work)
{
    /// <summary>The newest first.</summary>
    /// <param name="before">Only those made before then; null from the newest.</param>
    public async Task<IReadOnlyList<JobView>> ListAsync(DateTimeOffset? before, int limit, CancellationToken cancellationToken)
    {
        var jobs = await context
            .Jobs.Where(job => before == null || job.CreatedAt < before)
            .OrderByDescending(job => job.CreatedAt)
            .Take(limit)
            .ToListAsync(cancellationToken);
        var views = new List<JobView>();
        foreach (var job in jobs)
            views.Add(JobView.Of(job, await work.ProgressAsync(job, cancellationToken)));
        return views;
    }

    /// <summary>Those that have not ended, by state.</summary>
    public async Task<IReadOnlyList<OpenJobs>> OpenByStateAsync(CancellationToken cancellationToken) =>
        await context
            .Jobs.Where(job => job.State != JobStates.Cancelled && job.State != JobStates.Done)
            .GroupBy(job => job.State)
            .Select(group => new OpenJobs(group.Key, group.LongCount(), group.Min(job => job.StateSince)))
            .ToListAsync(cancellationToken);

    /// <returns>Null when there is no such job.</returns>
    public async Task<JobView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await context.Jobs.SingleOrDefaultAsync(job => job.Id == id, cancellationToken) is { } job
            ? JobView.Of(job, await work.ProgressAsync(job, cancellationToken))
            : null;

    /// <summary>In the order of working.</summary>
    /// <param name="state">Only these; null for all.</param>
    /// <param name="after">Only those behind this one.</param>
    public async Task<IReadOnlyList<JobItem>> ItemsAsync(
        Guid id,
        string? state,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await context
            .JobItems.Where(item => item.JobId == id && item.Ordinal > after && (state == null || item.State == state))
            .OrderBy(item => item.Ordinal)
            .Take(limit)
            .ToListAsync(cancellationToken);
}

/// <summary>Jobs that have not ended and are in one state.</summary>
/// <param name="OldestSince">Since when the oldest of them is in it.</param>
public sealed record OpenJobs(string State, long Count, DateTimeOffset OldestSince);

/// <summary>A job and how far it is.</summary>
public sealed record JobView
{
    public required Guid Id { get; init; }

    /// <summary><c>replay</c>, <c>retry</c>, <c>correct</c>, <c>cancel</c> or <c>discard</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// <c>AwaitingApproval</c>, <c>Running</c>, <c>Paused</c>, <c>Stopped</c> (automatically), <c>Cancelled</c> or <c>Done</c>.
    /// </summary>
    public required string State { get; init; }
    public required DateTimeOffset StateSince { get; init; }
    public string? StateReason { get; init; }
    public required string Description { get; init; }
    public required string Reason { get; init; }
    public required string CreatedBy { get; init; }

    [JsonIgnore]
    public string? CreatedIdentity { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why a second person has to say yes; absent when nobody had to.</summary>
    public string? NeedsApproval { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>Items per second.</summary>
    public required int Rate { get; init; }
    public required IReadOnlyList<int> Ramp { get; init; }
    public required bool StopOnSame { get; init; }

    /// <summary>Of a hundred.</summary>
    public required int StopShare { get; init; }
    public long? MilesToIssue { get; init; }
    public long? MilesToReverse { get; init; }
    public required int Total { get; init; }
    public required int Waiting { get; init; }
    public required int Sent { get; init; }
    public required int Done { get; init; }
    public required int Failed { get; init; }
    public required int Skipped { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    internal static JobView Of(Job job, JobProgress progress) =>
        new()
        {
            Id = job.Id,
            Kind = job.Kind,
            State = job.State,
            StateSince = job.StateSince,
            StateReason = job.StateReason,
            Description = job.Description,
            Reason = job.Reason,
            CreatedBy = job.CreatedBy,
            CreatedIdentity = job.CreatedIdentity,
            CreatedAt = job.CreatedAt,
            NeedsApproval = job.NeedsApproval,
            ApprovedBy = job.ApprovedBy,
            Rate = job.Rate,
            Ramp = job.Ramp,
            StopOnSame = job.StopOnSame,
            StopShare = job.StopShare,
            MilesToIssue = job.MilesToIssue,
            MilesToReverse = job.MilesToReverse,
            Total = job.Total,
            Waiting = progress.Waiting,
            Sent = progress.Sent,
            Done = progress.Done,
            Failed = progress.Failed,
            Skipped = progress.Skipped,
            EndedAt = job.EndedAt,
        };
}

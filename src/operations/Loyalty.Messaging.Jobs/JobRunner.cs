using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Jobs;

/// <summary>
/// Works on a few jobs at a time, so that a long one does not hold up the others. All it knows is in the database: when it dies, another
/// process, or itself after a restart, continues where it was.
/// </summary>
internal sealed partial class JobRunner(IServiceScopeFactory scopes, TimeProvider time, ILogger<JobRunner> logger) : BackgroundService
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>What is on its way settles within moments, or something is away: then it is looked at less and less often.</summary>
    static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan SayInterval = TimeSpan.FromMinutes(1);
    const int AtOnce = 4;
    long _saidAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RunAsync(Guid.NewGuid(), stoppingToken)));

    async Task RunAsync(Guid owner, CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    while (await LeaseAsync(owner, stoppingToken) is { } job)
                        await WorkAsync(job, owner, stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException && DatabaseFault.IsAway(exception))
                {
                    DatabaseFault.ForgetConnections();
                    SayOnceInAWhile(exception.GetBaseException().Message);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Interrupted(logger, exception);
                }
                await Task.Delay(Look, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>The runners meet the same, every second, for as long as it lasts.</summary>
    void SayOnceInAWhile(string cause)
    {
        var said = Volatile.Read(ref _saidAt);
        if (said != 0 && time.GetElapsedTime(said) <= SayInterval)
            return;
        if (Interlocked.CompareExchange(ref _saidAt, time.GetTimestamp(), said) == said)
            DatabaseAway(logger, cause);
    }

    async Task<Job?> LeaseAsync(Guid owner, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<JobWork>().LeaseAsync(owner, Lease, cancellationToken);
    }

    async Task WorkAsync(Job job, Guid owner, CancellationToken cancellationToken)
    {
        var (ready, last) = (0.0, time.GetTimestamp());
        var leftBehind = true;
        var (step, seen) = (Step, default(JobProgress));
        while (true)
        {
            await using (var scope = scopes.CreateAsyncScope())
            {
                var work = scope.ServiceProvider.GetRequiredService<JobWork>();
                if (await work.RenewAsync(job.Id, owner, Lease, cancellationToken) is not { } now)
                    return;
                job = now;
                var several = scope.ServiceProvider.GetServices<IJobStep>().SingleOrDefault(each => each.Kind == job.Kind);
                if (several is not null)
                    await several.SettleAsync(job, cancellationToken);
                var progress = await work.ProgressAsync(job, cancellationToken);
                // Unless it is the rate that it waits for.
                var waits = progress == seen && progress.Sent > 0 && (ready >= 1 || job.State != JobStates.Running);
                step = waits ? TimeSpan.FromTicks(Math.Min(step.Ticks * 3 / 2, LongestStep.Ticks)) : Step;
                seen = progress;
                if (job.State != JobStates.Running)
                {
                    if (progress.Sent > 0 && several is not null)
                    {
                        await Task.Delay(step, time, cancellationToken);
                        continue;
                    }
                    if (job.State == JobStates.Cancelled && several is null)
                        await work.LeaveAsync(job.Id, cancellationToken);
                    await work.ReleaseAsync(job.Id, owner, cancellationToken);
                    return;
                }
                // Before the ramp looks: it would wait for them to settle.
                if (leftBehind && several is null && progress.Sent > 0)
                {
                    leftBehind = false;
                    var items = await work.LeftBehindAsync(job.Id, cancellationToken);
                    await WhileHeldAsync(
                        job,
                        owner,
                        ActAsync(scope.ServiceProvider, work, job, owner, items, cancellationToken),
                        cancellationToken
                    );
                    continue;
                }
                leftBehind = false;
                if (Ramp.Objection(job, progress) is { } objection)
                {
                    await work.ChangeAsync(job.Id, owner, JobStates.Stopped, objection, cancellationToken);
                    Stopped(logger, job.Id, progress.FailedNow);
                    continue;
                }
                if (progress is { Waiting: 0, Sent: 0 })
                {
                    await work.ChangeAsync(job.Id, owner, JobStates.Done, null, cancellationToken);
                    Ended(logger, job.Id, progress.Done, progress.Failed, progress.Skipped);
                    return;
                }
                ready = Math.Min(ready + (job.Rate * time.GetElapsedTime(last).TotalSeconds), job.Rate);
                last = time.GetTimestamp();
                if (Ramp.Allowed(job.Ramp, progress, Math.Max((int)ready, 0)) is > 0 and var allowed)
                {
                    var begun = several is not null
                        ? several.BeginAsync(job, owner, allowed, cancellationToken)
                        : ActAsync(
                            scope.ServiceProvider,
                            work,
                            job,
                            owner,
                            await work.NextAsync(job.Id, Math.Min(allowed, 20), cancellationToken),
                            cancellationToken
                        );
                    ready -= await WhileHeldAsync(job, owner, begun, cancellationToken);
                }
            }
            await Task.Delay(step, time, cancellationToken);
        }
    }

    /// <summary>
    /// A step may take longer than the lease, when a decision waits for its answer or the database is slow: as long as this process lives,
    /// nobody else begins the same.
    /// </summary>
    async Task<int> WhileHeldAsync(Job job, Guid owner, Task<int> step, CancellationToken cancellationToken)
    {
        while (
            await Task.WhenAny(step, Task.Delay(Lease / 3, time, cancellationToken)) != step && !cancellationToken.IsCancellationRequested
        )
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<JobWork>().RenewAsync(job.Id, owner, Lease, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The step is still at work and must not be left alone; it asks for the lease itself before it does anything.
                SayOnceInAWhile(exception.GetBaseException().Message);
            }
        }
        return await step;
    }

    /// <summary>Items of other kinds are done here, one after the other.</summary>
    async Task<int> ActAsync(
        IServiceProvider services,
        JobWork work,
        Job job,
        Guid owner,
        IReadOnlyList<JobItem> items,
        CancellationToken cancellationToken
    )
    {
        var act = services.GetServices<IJobAct>().Single(each => each.Kind == job.Kind);
        foreach (var item in items)
        {
            if (!await work.BeginAsync(job.Id, owner, item.Ordinal, cancellationToken))
                return items.Count;
            var outcome = await DoAsync(
                act,
                job,
                item,
                DeterministicId.Of(
                    "job",
                    job.Id.ToString(),
                    item.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    job.ResumedAt?.ToString("O") ?? ""
                ),
                cancellationToken
            );
            await work.EndAsync(job.Id, item.Ordinal, outcome.State, outcome.Sentence, cancellationToken);
        }
        return items.Count;
    }

    /// <summary>One item that fails in a way nobody thought of is no reason to stop for the others.</summary>
    async Task<ActOutcome> DoAsync(IJobAct act, Job job, JobItem item, Guid operationId, CancellationToken cancellationToken)
    {
        try
        {
            return await act.DoAsync(job, item, operationId, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            ItemFailed(logger, exception, job.Id, item.Ordinal);
            return new ActOutcome(JobItemStates.Failed, $"It failed here ({exception.GetType().Name}); the log of the ops site says more");
        }
    }

    [LoggerMessage(4111, LogLevel.Error, "A job was interrupted; it continues in a moment")]
    static partial void Interrupted(ILogger logger, Exception exception);

    [LoggerMessage(4114, LogLevel.Error, "Item {Ordinal} of job {JobId} failed")]
    static partial void ItemFailed(ILogger logger, Exception exception, Guid jobId, int ordinal);

    [LoggerMessage(4112, LogLevel.Warning, "Job {JobId} stopped automatically after {Failed} failures")]
    static partial void Stopped(ILogger logger, Guid jobId, int failed);

    [LoggerMessage(4115, LogLevel.Warning, "Jobs wait because the database is away ({Cause})")]
    static partial void DatabaseAway(ILogger logger, string cause);

    [LoggerMessage(4113, LogLevel.Information, "Job {JobId} is done: {Done} done, {Failed} failed, {Skipped} left out")]
    static partial void Ended(ILogger logger, Guid jobId, int done, int failed, int skipped);
}

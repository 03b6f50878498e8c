using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Persistence.Jobs;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.DeadLetters.Jobs;

/// <summary>
/// Works on jobs, one at a time in this process. All it knows is in the database: when it dies, another process, or itself after a restart, goes on where it was.
/// </summary>
internal sealed partial class JobRunner(IServiceScopeFactory scopes, TimeProvider time, ILogger<JobRunner> logger) : BackgroundService
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    readonly Guid _owner = Guid.NewGuid();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    while (await LeaseAsync(stoppingToken) is { } job)
                        await WorkAsync(job, stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Interrupted(logger, exception);
                }
                await Task.Delay(Look, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    async Task<Job?> LeaseAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<JobWork>().LeaseAsync(_owner, Lease, cancellationToken);
    }

    async Task WorkAsync(Job job, CancellationToken cancellationToken)
    {
        var (ready, last) = (0.0, time.GetTimestamp());
        var leftBehind = job.Kind != JobKinds.Replay;
        while (true)
        {
            await using (var scope = scopes.CreateAsyncScope())
            {
                var work = scope.ServiceProvider.GetRequiredService<JobWork>();
                if (await work.RenewAsync(job.Id, _owner, Lease, cancellationToken) is not { } now)
                    return;
                job = now;
                if (job.Kind == JobKinds.Replay)
                    await work.SettleReplaysAsync(job.Id, cancellationToken);
                var progress = await work.ProgressAsync(job, cancellationToken);
                if (job.State != JobStates.Running)
                {
                    if (progress.Sent > 0 && job.Kind == JobKinds.Replay)
                    {
                        await Task.Delay(Step, time, cancellationToken);
                        continue;
                    }
                    await work.ReleaseAsync(job.Id, _owner, cancellationToken);
                    return;
                }
                if (Ramp.Objection(job, progress) is { } objection)
                {
                    await work.ChangeAsync(job.Id, _owner, JobStates.Stopped, objection, cancellationToken);
                    Stopped(logger, job.Id, progress.FailedNow);
                    continue;
                }
                if (progress is { Waiting: 0, Sent: 0 })
                {
                    await work.ChangeAsync(job.Id, _owner, JobStates.Done, null, cancellationToken);
                    Ended(logger, job.Id, progress.Done, progress.Failed, progress.Skipped);
                    return;
                }
                ready = Math.Min(ready + (job.Rate * time.GetElapsedTime(last).TotalSeconds), job.Rate);
                last = time.GetTimestamp();
                if (Ramp.Allowed(job.Ramp, progress, Math.Max((int)ready, 0)) is > 0 and var allowed)
                {
                    if (job.Kind == JobKinds.Replay)
                        ready -= await scope.ServiceProvider.GetRequiredService<ReplayStep>().SendAsync(job, _owner, allowed, cancellationToken);
                    else
                        ready -= await ActAsync(scope.ServiceProvider, work, job, allowed, leftBehind, cancellationToken);
                    leftBehind = false;
                }
            }
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    /// <summary>Items of other kinds are done here, one after the other.</summary>
    async Task<int> ActAsync(IServiceProvider services, JobWork work, Job job, int most, bool leftBehind, CancellationToken cancellationToken)
    {
        var act = services.GetServices<IJobAct>().Single(each => each.Kind == job.Kind);
        var items = leftBehind ? await work.LeftBehindAsync(job.Id, cancellationToken) : await work.NextAsync(job.Id, Math.Min(most, 20), cancellationToken);
        foreach (var item in items)
        {
            if (!await work.BeginAsync(job.Id, _owner, item.Ordinal, cancellationToken))
                return items.Count;
            var outcome = await act.DoAsync(job, item, Identity.Of("job", job.Id.ToString(), item.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture), job.ResumedAt?.ToString("O") ?? ""), cancellationToken);
            await work.EndAsync(job.Id, item.Ordinal, outcome.State, outcome.Sentence, cancellationToken);
        }
        return items.Count;
    }

    [LoggerMessage(4111, LogLevel.Error, "A job was interrupted; it goes on in a moment")]
    static partial void Interrupted(ILogger logger, Exception exception);

    [LoggerMessage(4112, LogLevel.Warning, "Job {JobId} stopped by itself after {Failed} failures")]
    static partial void Stopped(ILogger logger, Guid jobId, int failed);

    [LoggerMessage(4113, LogLevel.Information, "Job {JobId} is done: {Done} done, {Failed} failed, {Skipped} left out")]
    static partial void Ended(ILogger logger, Guid jobId, int done, int failed, int skipped);
}

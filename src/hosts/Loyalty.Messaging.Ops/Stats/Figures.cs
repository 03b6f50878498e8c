using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Statistics;
using Loyalty.Messaging.Store.Workers;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>What waits, is held up or was given up, by the same queries as the overview.</summary>
internal sealed record Figures(
    StatsView Stats,
    IReadOnlyList<OpenLetters> Letters,
    IReadOnlyList<OpenJobs> Jobs,
    List<WorkerHeartbeat> Workers
)
{
    public static async Task<Figures> ReadAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        new(
            // Without the day's sums: they read every row of the day.
            await services.GetRequiredService<StatsQueries>().ReadAsync(null, cancellationToken),
            AllOwners(await services.GetRequiredService<DeadLetterQueries>().OpenByOwnerAsync(cancellationToken)),
            AllStates(await services.GetRequiredService<JobQueries>().OpenByStateAsync(cancellationToken)),
            await services.GetRequiredService<WorkerHeartbeats>().AliveAsync(cancellationToken)
        );

    /// <summary>An alarm needs to see the 0 before the 1.</summary>
    static IReadOnlyList<OpenLetters> AllOwners(IReadOnlyList<OpenLetters> letters) =>
        [.. letters, .. Cause.Owners.Except(letters.Select(each => each.Owner)).Select(owner => new OpenLetters(owner, 0, default))];

    static IReadOnlyList<OpenJobs> AllStates(IReadOnlyList<OpenJobs> jobs) =>
        [.. jobs, .. JobStates.Open.Except(jobs.Select(each => each.State)).Select(state => new OpenJobs(state, 0, default))];
}

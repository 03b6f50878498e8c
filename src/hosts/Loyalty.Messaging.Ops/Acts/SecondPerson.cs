using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// For acts that one person does at once to a few things, and that move no miles: to many they are done by a job that a second person
/// allows.
/// </summary>
internal sealed class SecondPerson(JobStore jobs, LoneActs alone, TimeProvider time)
{
    /// <param name="id">Of the request: the same again is the same job.</param>
    /// <param name="kind">One of <see cref="JobKinds"/>.</param>
    /// <param name="subjects">What it is to be done to, frozen.</param>
    /// <returns>The job that waits for somebody to say yes; null when nobody has to, and it counts as done alone.</returns>
    public async Task<Job?> AskAsync(
        Guid id,
        string kind,
        string description,
        IReadOnlyList<Guid> subjects,
        string reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        // Under an id of its own: the same request may find other subjects the next time.
        if (
            subjects.Count == 0
            || await alone.CountAsync(Guid.NewGuid(), actor.Someone, new Weight(subjects.Count, 0), cancellationToken) is not { } objection
        )
            return null;
        var job = NewJob.Of(id, kind, description, reason, actor, time.GetUtcNow());
        (job.NeedsApproval, job.Rate, job.StopShare) = (objection, ReplayOrder.FastestRate, 100);
        return await jobs.CreateAsync(
            job,
            [.. subjects.Select(subject => new JobSubject(subject.ToString(), null, 0))],
            actor.Does(kind, $"job {id}", reason),
            cancellationToken
        );
    }

    /// <summary>What the API says of it.</summary>
    /// <param name="job">What waits for somebody to say yes; null when it is done.</param>
    /// <param name="count">To how many it was done.</param>
    public static async Task<IResult> AnswerAsync(Job? job, int count, JobQueries jobs, CancellationToken cancellationToken) =>
        job is null
            ? TypedResults.Ok(new Changed(count))
            : TypedResults.Accepted($"/api/v1/jobs/{job.Id}", await jobs.FindAsync(job.Id, cancellationToken));
}

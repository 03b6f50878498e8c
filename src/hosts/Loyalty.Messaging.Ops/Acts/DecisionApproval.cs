using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// A decision about one order or refund. What one person may not take alone waits for a second: for its miles, for what the same person has
/// done alone before, or for what it states, which may move miles twice.
/// </summary>
internal sealed class DecisionApproval(OrderQueries order, JobStore jobs, LoneActs alone, ApprovalLimits limits, TimeProvider time)
{
    /// <param name="subjectId">Of the order or refund.</param>
    /// <returns>The job that waits; without one it may be taken now, and counts as done alone. And the miles that were looked at: with more
    /// it is another decision.</returns>
    /// <exception cref="JobIdInUseException">Something else was asked for under this id.</exception>
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
        if (await jobs.FindSameAsync(id, kind, asked.Reason!, cancellationToken) is { } asksAlready)
            return IsFor(asksAlready, subject, asked) ? (asksAlready, null) : throw new JobIdInUseException(id);
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
        var job = NewJob.Of(id, kind, asked.Description(subject), asked.Reason!, person, time.GetUtcNow());
        (job.NeedsApproval, job.MilesToIssue) = (objection, asked.Statement is null ? miles : null);
        job.Parameters = Parameters(asked);
        return (await jobs.CreateAsync(job, [new JobSubject(subject, null, miles)], NewJob.Audited(job, person), cancellationToken), miles);
    }

    /// <summary>Its content is kept until the job has ended; afterwards its description is.</summary>
    static bool IsFor(Job job, string subject, DecisionRequest asked) =>
        job.Description == asked.Description(subject)
        && (job.Parameters is null || JsonNode.DeepEquals(JsonNode.Parse(job.Parameters), JsonNode.Parse(Parameters(asked))));

    static string Parameters(DecisionRequest asked) => JsonSerializer.Serialize(asked, asked.GetType());

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
}

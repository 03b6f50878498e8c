using System.Text.Json;
using Loyalty.Messaging.DeadLetters.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Persistence.Jobs;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary>A decision about one order or refund, as an item of a job. The saga knows the operation: done again, it has the effect of once.</summary>
internal sealed class DecisionAct(string kind, DecisionDesk desk) : IJobAct
{
    public string Kind => kind;

    public async Task<ActOutcome> DoAsync(Job job, JobItem item, Guid operationId, CancellationToken cancellationToken)
    {
        var (what, id) = (item.Subject.Split(' ', 2)[0], item.Subject.Split(' ', 2)[^1]);
        var person = Person.Of(job);
        var asked = new DecisionRequest { Reason = job.Reason, OperationId = operationId };
        try
        {
            var answer = await ((kind, what) switch
            {
                (JobKinds.Approve, "order") => desk.ApproveOrderAsync(id, new OrderApprovalRequest { Reason = job.Reason, OperationId = operationId }, person, cancellationToken),
                (JobKinds.Retry, "order") => desk.RetryOrderAsync(id, asked, person, cancellationToken),
                (JobKinds.Retry, _) => desk.RetryRefundAsync(id, asked, person, cancellationToken),
                (JobKinds.Cancel, "order") => desk.CancelOrderAsync(id, Cancellation(job, operationId), person, cancellationToken),
                (JobKinds.Cancel, _) => desk.CancelRefundAsync(id, Cancellation(job, operationId), person, cancellationToken),
                (_, "order") => desk.CorrectOrderAsync(id, Correction(job, operationId), person, cancellationToken),
                _ => desk.CorrectRefundAsync(id, Correction(job, operationId), person, cancellationToken),
            });
            return Outcome(answer);
        }
        catch (RequestException)
        {
            return new ActOutcome(JobItemStates.Failed, "No worker has answered in time; resumed, the job asks again, and the saga does it once");
        }
    }

    static ActOutcome Outcome(DecisionAnswer answer) => answer.Accepted
        ? new ActOutcome(JobItemStates.Done, $"Done; it is {answer.State} now")
        : new ActOutcome(answer.State is null ? JobItemStates.Failed : JobItemStates.Skipped, $"Not done: {answer.Refusal}");

    static CancellationRequest Cancellation(Job job, Guid operationId) => job.Parameters is null
        ? new CancellationRequest { Reason = job.Reason, OperationId = operationId }
        : JsonSerializer.Deserialize<CancellationRequest>(job.Parameters)! with { OperationId = operationId };

    static CorrectionRequest Correction(Job job, Guid operationId) =>
        JsonSerializer.Deserialize<CorrectionRequest>(job.Parameters ?? throw new InvalidOperationException("The correction of the job is gone"))! with { OperationId = operationId };
}

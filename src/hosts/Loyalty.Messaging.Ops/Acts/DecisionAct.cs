using System.Text.Json;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Jobs;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// A decision about one order or refund, as an item of a job. The saga knows the operation: done again, it has the effect of once.
/// </summary>
internal sealed class DecisionAct(string kind, DecisionSender sender) : IJobAct
{
    public string Kind => kind;

    public async Task<ActOutcome> DoAsync(Job job, JobItem item, Guid operationId, CancellationToken cancellationToken)
    {
        var (what, id) = (item.Subject.Split(' ', 2)[0], item.Subject.Split(' ', 2)[^1]);
        var person = job.Actor();
        try
        {
            var answer = await (
                (kind, what) switch
                {
                    (JobKinds.Approve, "order") => sender.ApproveOrderAsync(
                        id,
                        Asked<OrderApprovalRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    (JobKinds.Retry, "order") => sender.RetryOrderAsync(
                        id,
                        Asked<RetryRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    (JobKinds.Retry, _) => sender.RetryRefundAsync(
                        id,
                        Asked<RetryRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    (JobKinds.Cancel, "order") => sender.CancelOrderAsync(
                        id,
                        Asked<CancellationRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    (JobKinds.Cancel, _) => sender.CancelRefundAsync(
                        id,
                        Asked<CancellationRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    (_, "order") => sender.CorrectOrderAsync(
                        id,
                        Asked<CorrectionRequest>(job, item, operationId),
                        person,
                        cancellationToken
                    ),
                    _ => sender.CorrectRefundAsync(id, Asked<CorrectionRequest>(job, item, operationId), person, cancellationToken),
                }
            );
            return Outcome(answer);
        }
        catch (UnsentQuestionException unsent)
        {
            return new ActOutcome(JobItemStates.Failed, unsent.Message);
        }
        catch (RequestException)
        {
            return new ActOutcome(
                JobItemStates.Failed,
                "No worker has answered in time; resumed, the job asks again, and the saga does it once"
            );
        }
    }

    static ActOutcome Outcome(DecisionAnswer answer) =>
        answer.Accepted
            ? new ActOutcome(JobItemStates.Done, $"Done; it is {answer.State} now")
            : new ActOutcome(answer.State is null ? JobItemStates.Failed : JobItemStates.Skipped, $"Not done: {answer.Refusal}");

    /// <summary>As somebody asked for it, for no more miles than were looked at.</summary>
    /// <exception cref="InvalidOperationException">It says more than why, and that is gone: it went when the job ended.</exception>
    T Asked<T>(Job job, JobItem item, Guid operationId)
        where T : DecisionRequest, new()
    {
        if (job.Parameters is null && kind == JobKinds.Correct)
            throw new InvalidOperationException("The correction of the job is gone");
        var asked = job.Parameters is null ? new T { Reason = job.Reason } : JsonSerializer.Deserialize<T>(job.Parameters)!;
        return (T)((DecisionRequest)asked with { OperationId = operationId, AtMost = item.Miles });
    }
}

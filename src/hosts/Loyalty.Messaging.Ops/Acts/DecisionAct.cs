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
        var decision = DecisionKinds.Of(kind, item.Subject.Split(' ', 2)[0]);
        // As somebody asked for it, for no more miles than were looked at.
        var asked = decision.Read(job) with
        {
            OperationId = operationId,
            AtMost = item.Miles,
        };
        try
        {
            var answer = await decision.TakeAsync(sender, item.Subject.Split(' ', 2)[^1], asked, job.Actor(), cancellationToken);
            return Outcome(answer);
        }
        catch (UnsentQuestionException unsent)
        {
            return new ActOutcome(JobItemStates.Failed, unsent.Message);
        }
        catch (RequestFaultException)
        {
            return new ActOutcome(JobItemStates.Failed, DecisionSender.Failed);
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
}

using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// A decision reaches its saga only if ops has recorded it in these words. Of any other nothing is kept but its dead letter.
/// </summary>
internal sealed partial class RecordedDecisionFilter<T>(IRecordedDecisions decisions, ILogger logger) : IFilter<ConsumeContext<T>>
    where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var decision = (IDecision)context.Message;
        if (!await decisions.HoldAsync(decision, context.CancellationToken))
        {
            RecordedDecisions.Refused.Add(1, new KeyValuePair<string, object?>("decision", typeof(T).Name));
            Refused(logger, typeof(T).Name, decision.OperationId);
            throw new UnrecordedDecisionException(typeof(T).Name);
        }
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("recordedDecision");

    [LoggerMessage(
        2230,
        LogLevel.Warning,
        "{Decision} of operation {OperationId} is refused: ops has recorded no such decision. Find out who sent it"
    )]
    static partial void Refused(ILogger logger, string decision, Guid operationId);
}

/// <summary>Nobody has decided this. Nothing is changed.</summary>
internal sealed class UnrecordedDecisionException(string decision)
    : Exception(
        $"{decision}: ops has not recorded this decision in these words; nothing was changed. "
            + "Find out who sent it: only ops may send decisions. If somebody did decide it, "
            + "take it once more on the page of the order or refund, and discard this"
    );

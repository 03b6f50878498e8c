using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// Takes decisions to the sagas: recorded first, with the audit, then sent, then answered by the saga, which does it or says why not.
/// </summary>
internal sealed class DecisionSender(DecisionRecord decisions, PublishWatch publishing, IServiceProvider services)
{
    public const string Failed =
        "A worker tried it and failed: nothing is changed, and the decision is among the dead letters, with the reason";

    const string UsedBefore =
        "Another decision was sent under this operation id before, and that one stands: "
        + "the timeline says what became of it. Take a new id for a new decision";

    /// <param name="act">One of <c>DecisionActs</c>.</param>
    /// <param name="subject"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    /// <param name="details">What is changed; no whole collector number.</param>
    /// <exception cref="UnsentQuestionException">The broker takes no messages; nothing is recorded.</exception>
    /// <exception cref="RequestFaultException">A worker failed at it: <see cref="Failed"/>.</exception>
    /// <exception cref="RequestException">No worker has answered; whether the decision is taken is not known.</exception>
    public async Task<DecisionAnswer> TakeAsync<T>(
        T decision,
        Actor actor,
        string act,
        string subject,
        object? details,
        CancellationToken cancellationToken
    )
        where T : class, IDecision
    {
        publishing.ThrowUnlessTaking();
        var audited = actor.Does(act, subject, decision.Reason, details);
        if (!await decisions.AddAsync(decision, audited, cancellationToken))
            return new DecisionAnswer
            {
                OperationId = decision.OperationId,
                Accepted = false,
                State = "recorded before",
                Refusal = UsedBefore,
            };
        return (await services.GetRequiredService<IRequestClient<T>>().GetResponse<DecisionAnswer>(decision, cancellationToken)).Message;
    }
}

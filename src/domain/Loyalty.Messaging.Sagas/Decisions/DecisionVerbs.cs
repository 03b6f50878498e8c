using MassTransit;

namespace Loyalty.Messaging.Sagas.Decisions;

internal static class DecisionVerbs
{
    /// <summary>Does what was decided once, says no with a reason, or repeats the answer to the same decision.</summary>
    /// <param name="refusal">Why it makes no sense now, as a sentence; null when it does.</param>
    public static EventActivityBinder<TSaga, T> Decide<TSaga, T>(
        this EventActivityBinder<TSaga, T> binder,
        SagaTerms terms,
        Func<TSaga, T, string?> refusal,
        Func<EventActivityBinder<TSaga, T>, EventActivityBinder<TSaga, T>> act
    )
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision =>
        binder.IfElse(
            IsKnown,
            again => again.ThenAsync(context => AnswerAsync(context, Known(context)!)),
            fresh =>
                fresh.IfElse(
                    context => Refusal(context, refusal) is null,
                    yes =>
                        act(yes.Then(context => Record(context, terms, null))).ThenAsync(context => AnswerAsync(context, Known(context)!)),
                    no =>
                        no.Then(context => Record(context, terms, Refusal(context, refusal)))
                            .ThenAsync(context => AnswerAsync(context, Known(context)!))
                )
        );

    /// <summary>What is decided about is looked at before; here is where it counts.</summary>
    static string? Refusal<TSaga, T>(BehaviorContext<TSaga, T> context, Func<TSaga, T, string?> refusal)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision =>
        refusal(context.Saga, context.Message)
        ?? (
            context.Message.AtMost < ((IHasDecisions)context.Saga).Miles
                ? $"It has {((IHasDecisions)context.Saga).Miles} miles now, "
                    + $"more than the {context.Message.AtMost} that were looked at: look at it again and decide anew"
                : null
        );

    /// <summary>It makes no sense in this state.</summary>
    public static EventActivityBinder<TSaga, T> Refuse<TSaga, T>(
        this EventActivityBinder<TSaga, T> binder,
        SagaTerms terms,
        string sentence
    )
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision => binder.Decide(terms, (_, _) => sentence, act => act);

    /// <summary>There is no such order or refund: nothing is created, the sender is told.</summary>
    public static Task MissingAsync<T>(ConsumeContext<T> context, string what)
        where T : class, IDecision =>
        RespondAsync(
            context,
            new DecisionAnswer
            {
                OperationId = context.Message.OperationId,
                Accepted = false,
                Refusal = $"There is no {what}",
            }
        );

    static bool IsKnown<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision => Known(context) is not null;

    static TakenDecision? Known<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision => context.Saga.Decisions.Find(decision => decision.OperationId == context.Message.OperationId);

    static void Record<TSaga, T>(BehaviorContext<TSaga, T> context, SagaTerms terms, string? refusal)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision
    {
        var decision = new TakenDecision(
            context.Message.OperationId,
            typeof(T).Name,
            context.Message.Actor,
            context.Message.Reason,
            terms.Now,
            refusal
        );
        context.Saga.Decisions = [.. context.Saga.Decisions, decision];
        context.Note(new Notes.Decision("decision", typeof(T).Name, decision.Actor, decision.Reason, refusal));
    }

    static Task AnswerAsync<TSaga, T>(BehaviorContext<TSaga, T> context, TakenDecision decision)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
        where T : class, IDecision =>
        RespondAsync(
            context,
            new DecisionAnswer
            {
                OperationId = decision.OperationId,
                Accepted = decision.Refusal is null,
                State = ((IHasDecisions)context.Saga).CurrentState,
                Refusal = decision.Refusal,
            }
        );

    // Without an address MassTransit would publish the answer to everybody.
    static Task RespondAsync(ConsumeContext context, DecisionAnswer answer) =>
        context.ResponseAddress is null ? Task.CompletedTask : context.RespondAsync(answer);
}

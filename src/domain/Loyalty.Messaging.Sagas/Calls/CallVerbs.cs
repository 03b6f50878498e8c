using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>What is recorded of a call's answers.</summary>
internal static class CallVerbs
{
    public static EventActivityBinder<TSaga, T> RecordConfirmation<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallConfirmed =>
        binder.Then(context =>
        {
            var (saga, yes) = (context.Saga, context.Message);
            saga.TransactionId = yes.TransactionId ?? saga.TransactionId;
            (saga.ResponseCode, saga.Reason, saga.EffectUnknown) = (null, null, false);
            context.NoteCall();
            Settle(saga, terms, yes.Pending ? "pending" : TSaga.Call.Succeeded);
        });

    public static EventActivityBinder<TSaga, T> RecordRejection<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallRejected =>
        binder.Then(context =>
        {
            var suspended = UnknownEffects.MayHaveHappened(context);
            UnknownEffects.RecordNo(context, context.Message.ResponseCode);
            context.NoteCall();
            Settle(context.Saga, terms, suspended ? "suspended" : "rejected");
        });

    /// <summary>The issuer had accepted it.</summary>
    public static EventActivityBinder<TSaga, T> RecordNoAfterYes<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallRejected => binder.Then(context => context.Saga.EffectUnknown = true).RecordRejection(terms);

    public static EventActivityBinder<TSaga, T> RecordSuspension<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallUnresolved =>
        binder.Then(context =>
        {
            context.Saga.Reason = context.Message.Reason;
            context.NoteCall();
            Settle(context.Saga, terms, "suspended");
        });

    /// <summary>An answer that changes nothing is kept for people to read.</summary>
    public static EventActivityBinder<TSaga, T> RecordCall<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallAnswer =>
        binder.Then(context =>
        {
            context.NoteCall();
            (context.Saga.CalledAt, context.Saga.UpdatedAt) = (terms.Now, terms.Now);
        });

    public static void NoteCall<TSaga, T>(this BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
        where T : CallAnswer =>
        context.Note(Notes.Call.Made(TSaga.Call.Operation, context.Message.IdempotencyKey, context.Message.Attempts));

    static void Settle<TSaga>(TSaga saga, SagaTerms terms, string outcome)
        where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
    {
        (saga.UpdatedAt, saga.CalledAt) = (terms.Now, terms.Now);
        TSaga.Call.Count(outcome, saga.Miles, saga.RequestedAt, saga.UpdatedAt);
    }
}

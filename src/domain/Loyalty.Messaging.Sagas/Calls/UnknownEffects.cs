using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>A saga whose call may have taken effect without its knowing.</summary>
public interface IHasCallEffect
{
    /// <summary>
    /// A try of the current call was sent and not answered by yes or no. It stays so until a yes comes, or a person states that the issuer
    /// has no such effect:
    /// a later no to the same call is no proof, for the issuer may have forgotten the first.
    /// </summary>
    bool EffectUnknown { get; set; }
    Guid? IdempotencyKey { get; }
    DateTimeOffset? RequestedAt { get; }
    string? ResponseCode { get; set; }
    string? Reason { get; set; }
}

/// <summary>An effect that may have happened is never treated as not happened.</summary>
internal static class UnknownEffects
{
    const string DoubtfulNo = "The issuer says no to a call that may have taken effect before";

    public static bool MayHaveHappened<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : CallUnconfirmed => context.Saga.EffectUnknown || context.Message.EffectUnknown;

    public static bool IsUnknown<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : class => context.Saga.EffectUnknown;

    public static EventActivityBinder<TSaga, T> RememberDoubt<TSaga, T>(this EventActivityBinder<TSaga, T> binder)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : CallUnconfirmed => binder.Then(context => context.Saga.EffectUnknown |= context.Message.EffectUnknown);

    /// <summary>After a try whose effect is not known both answers are kept, for the person who has to find out.</summary>
    public static void RecordNo<TSaga, T>(BehaviorContext<TSaga, T> context, string? responseCode)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : CallUnconfirmed
    {
        var (saga, no) = (context.Saga, context.Message);
        saga.ResponseCode = responseCode;
        if (!MayHaveHappened(context))
        {
            saga.Reason = no.Reason;
        }
        else if (saga.Reason?.StartsWith(DoubtfulNo, StringComparison.Ordinal) != true)
        {
            var before =
                no.Attempts.LastOrDefault(attempt => attempt.Failure is not null)?.Failure
                ?? saga.Reason
                ?? "accepted, or delivered before without an answer that is known";
            saga.Reason = $"{DoubtfulNo}. First: {before}. Then: {no.Reason}";
        }
        saga.EffectUnknown |= no.EffectUnknown;
    }
}

using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// A call that was sent to its issuer queue and whose answer never came: the message was purged, discarded, or lost with a database that
/// was restored.
/// The same key and the same bytes go again. No timer stands for it, which every order would pay for: somebody looks over the rows now and
/// then.
/// </summary>
internal static class LostCall
{
    /// <summary>It still has no answer, and nothing has happened to the saga since.</summary>
    public static bool Is<TSaga>(TSaga saga, Guid key, DateTimeOffset updatedAt, SagaTerms terms)
        where TSaga : IHasTimer, IHasCallEffect =>
        saga.TimerToken is null && saga.IdempotencyKey == key && terms.Now - updatedAt >= terms.Timing.CallLostAfter;

    /// <summary>The issuer may have forgotten its key by now: nothing is sent automatically any more.</summary>
    public static bool IsTooOld<TSaga, T>(BehaviorContext<TSaga, T> context, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : class => terms.Timing.WithinKeyLifetime(TimeSpan.Zero, context.Saga.RequestedAt, terms.Now) is null;

    /// <summary>Of a call that may have taken effect: nothing that is sent automatically may be another call to the issuer.</summary>
    public static bool MayBeForgotten<TSaga, T>(BehaviorContext<TSaga, T> context, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : class => context.Saga.EffectUnknown && terms.Timing.MayBeForgotten(context.Saga.RequestedAt, terms.Now);

    public static EventActivityBinder<TSaga, T> RecordTooOld<TSaga, T>(this EventActivityBinder<TSaga, T> binder, SagaTerms terms)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : class =>
        binder.Then(context =>
        {
            context.Saga.EffectUnknown = true;
            context.Saga.Reason =
                $"The call has had no answer, and the issuer may have forgotten its key after {terms.Timing.KeyLifetime}: "
                + "ask AIR MILES whether it took effect";
        });

    public static EventActivityBinder<TSaga, T> NoteLostCall<TSaga, T>(this EventActivityBinder<TSaga, T> binder)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : class =>
        binder.Then(context =>
        {
            // Nobody knows whether the lost one was made.
            context.Saga.EffectUnknown = true;
            SagaTelemetry.LostCalls.Add(1);
            context.Note(Notes.Text.Of("lost", "The call has had no answer for too long"));
        });
}

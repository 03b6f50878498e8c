using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// The same key and the same bytes are safe to send again for as long as the issuer knows the key. After that they are another call to it:
/// what has taken effect takes effect once more.
/// </summary>
public static class ForgottenKeys
{
    /// <summary>The call may have taken effect, and made again it may be taken for a new one.</summary>
    /// <param name="state">Of an order or a refund.</param>
    /// <param name="effectUnknown">A try may have taken effect without an answer that is known.</param>
    /// <param name="hasTimer">The next try is set: the last one has been heard of.</param>
    /// <param name="requestedAt">When the call was first sent.</param>
    public static bool MayTakeEffectTwice(
        string state,
        bool effectUnknown,
        bool hasTimer,
        DateTimeOffset? requestedAt,
        SagaTiming timing,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(timing);
        var mayHaveHappened =
            effectUnknown
            || state is nameof(IssuanceStateMachine.Pending)
            || (state is nameof(IssuanceStateMachine.Issuing) or nameof(ReversalStateMachine.Reversing) && !hasTimer);
        return mayHaveHappened && timing.MayBeForgotten(requestedAt, now);
    }

    /// <returns>Why a person's retry is not done; null when it is.</returns>
    /// <param name="evenIfForgotten">Two people have said that it is to be made all the same.</param>
    internal static string? Refusal<TSaga>(TSaga saga, bool evenIfForgotten, SagaTerms terms)
        where TSaga : IHasTimer, IHasCallEffect, Decisions.IHasDecisions =>
        !evenIfForgotten
        && MayTakeEffectTwice(saga.CurrentState, saga.EffectUnknown, saga.TimerToken is not null, saga.RequestedAt, terms.Timing, terms.Now)
            ? FormattableString.Invariant($"The call was first sent on {saga.RequestedAt:u}, ")
                + $"and the issuer is trusted to know its key for {terms.Timing.KeyLifetime}: "
                + "made again, it may take effect twice. Ask AIR MILES whether it has taken effect. "
                + "If it has not, retry it even if the key is forgotten: a second person has to say yes"
            : null;
}

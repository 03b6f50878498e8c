using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// What the saga would do in this state. Whatever is offered, the saga decides: what is asked of it too late it refuses with a sentence.
/// </summary>
internal static class OfferedActs
{
    public static bool Approve(string state) => Offers(state, PersonActs.Approve);

    public static bool Retry(string state) => Offers(state, PersonActs.Retry);

    public static bool Correct(string state) => Offers(state, PersonActs.Correct);

    /// <param name="effectUnknown">Somebody may still state that a cancelled call had no effect.</param>
    public static bool Cancel(string state, bool effectUnknown = false) =>
        Offers(state, PersonActs.Cancel) || (effectUnknown && state is nameof(IssuanceStateMachine.Cancelled));

    public static bool MoveTimer(string kind, string state, bool hasTimer) =>
        hasTimer && SagaKind.MeaningOf(kind, state)?.TimerMeans is not null;

    /// <summary>What goes off, for people.</summary>
    public static string TimerMeans(string state) => SagaKind.MeaningOf(state)?.TimerMeans ?? "check whether the order has arrived";

    /// <summary>What to do about it, when there is something to do.</summary>
    /// <param name="mayTakeEffectTwice">The issuer may have forgotten its key.</param>
    public static string? Advice(string kind, string state, bool hasTimer, bool mayTakeEffectTwice = false) =>
        SagaKind.MeaningOf(kind, state) is not { } meaning ? null
        : mayTakeEffectTwice && meaning.AwaitsAnswer
            ? "Its call may have taken effect, and the issuer may have forgotten its key: made again, it may take effect twice. "
                + "Ask AIR MILES what is on the account before anything else."
        : hasTimer && meaning is { AwaitsAnswer: true, Effect: CallEffect.Unknown }
            ? "The last try got no answer; the next one is automatic."
        : meaning.Advice;

    static bool Offers(string state, PersonActs act) => SagaKind.MeaningOf(state)?.Acts.HasFlag(act) == true;
}

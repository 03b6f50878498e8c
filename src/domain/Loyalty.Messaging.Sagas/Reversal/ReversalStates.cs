using Loyalty.Messaging.Sagas.Calls;
using Machine = Loyalty.Messaging.Sagas.Reversal.ReversalStateMachine;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>What the states of a refund mean.</summary>
public static class ReversalStates
{
    /// <summary>In the order in which people read them.</summary>
    public static IReadOnlyList<StateMeaning> All { get; } =
    [
        new(nameof(Machine.AwaitingIssuance), "The refund waits for its order to be settled")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Unknown,
            StuckAfter = TimeSpan.FromDays(1),
            Acts = PersonActs.Cancel,
            Advice = "It waits for its order to be settled, and then continues automatically.",
        },
        CallStates.OnItsWay(nameof(Machine.Reversing)),
        new(nameof(Machine.Reversed), "Accepted by the issuer: the miles have been taken back")
        {
            Tone = StateTone.Good,
            Effect = CallEffect.Confirmed,
        },
        CallStates.Pending(nameof(Machine.Pending)),
        new(nameof(Machine.Rejected), "The issuer's final no, or our own check of the event; waits for a correction")
        {
            Tone = StateTone.Bad,
            Effect = CallEffect.Rejected,
            StuckAfter = TimeSpan.FromDays(1),
            NeedsPerson = true,
            Acts = PersonActs.Correct | PersonActs.Cancel,
            Advice =
                "The issuer, or the order's ledger, has said no, and the miles are the order's again. Correct what is wrong, "
                + "or cancel the refund.",
        },
        CallStates.Suspended(nameof(Machine.Suspended)),
        new(nameof(Machine.NotRequired), "Nothing to take back: no call") { Tone = StateTone.Calm, Effect = CallEffect.None },
        CallStates.Cancelled(nameof(Machine.Cancelled)),
    ];
}

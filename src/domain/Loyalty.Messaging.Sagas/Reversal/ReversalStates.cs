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
            Advice = "It waits for its order to be settled, and goes on by itself.",
        },
        new(nameof(Machine.Reversing), "The call is on its way")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Unknown,
            StuckAfter = TimeSpan.FromHours(1),
            AwaitsAnswer = true,
            Acts = PersonActs.Retry,
            TimerMeans = "next try of the call",
            Advice = "The call is on its way. If its answer is lost it is sent again by itself; a retry is safe at any time.",
        },
        new(nameof(Machine.Reversed), "Accepted by the issuer: the miles have been taken back")
        {
            Tone = StateTone.Good,
            Effect = CallEffect.Confirmed,
        },
        new(nameof(Machine.Pending), "Accepted by the issuer, not final yet; not resent")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Pending,
            StuckAfter = TimeSpan.FromDays(2),
            AwaitsAnswer = true,
            Acts = PersonActs.Retry,
            TimerMeans = "next question whether it is final",
            Advice = "The issuer has accepted it and is still processing it. There is nothing to do.",
        },
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
        new(nameof(Machine.Suspended), "Retries are used up and the outcome is not known; waits for the issuer or for you")
        {
            Tone = StateTone.Warn,
            Effect = CallEffect.Unknown,
            StuckAfter = TimeSpan.FromHours(1),
            AwaitsAnswer = true,
            NeedsPerson = true,
            Acts = PersonActs.Retry | PersonActs.Cancel,
            Advice =
                "Whether the call took effect is not known. A retry sends the same bytes under the same key: "
                + "if the issuer has done it already, "
                + "nothing happens twice. If it says no, ask AIR MILES what is on the account.",
        },
        new(nameof(Machine.NotRequired), "Nothing to take back: no call") { Tone = StateTone.Calm, Effect = CallEffect.None },
        new(nameof(Machine.Cancelled), "Cancelled by somebody") { Tone = StateTone.Calm, Effect = CallEffect.None },
    ];
}

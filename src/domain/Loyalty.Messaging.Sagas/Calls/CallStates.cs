namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>What the states mean that a call goes through, whichever call it is.</summary>
internal static class CallStates
{
    public static StateMeaning OnItsWay(string state) =>
        new(state, "The call is on its way")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Unknown,
            StuckAfter = TimeSpan.FromHours(1),
            AwaitsAnswer = true,
            Acts = PersonActs.Retry,
            TimerMeans = "next try of the call",
            Advice = "The call is on its way. If the answer is lost, the call is sent again automatically; a retry is safe at any time.",
        };

    public static StateMeaning Pending(string state) =>
        new(state, "Accepted by the issuer, not final yet; not resent")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Pending,
            StuckAfter = TimeSpan.FromDays(2),
            AwaitsAnswer = true,
            Acts = PersonActs.Retry,
            TimerMeans = "next check whether it is final",
            Advice = "The issuer has accepted it and is still processing it. There is nothing to do.",
        };

    public static StateMeaning Suspended(string state) =>
        new(state, "Retries are used up and the outcome is not known; waits for the issuer or for you")
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
        };

    public static StateMeaning Cancelled(string state) =>
        new(state, "Cancelled by somebody") { Tone = StateTone.Calm, Effect = CallEffect.None };
}

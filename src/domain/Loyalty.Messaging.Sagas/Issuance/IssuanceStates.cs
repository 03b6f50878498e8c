using Machine = Loyalty.Messaging.Sagas.Issuance.IssuanceStateMachine;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>What the states of an order mean.</summary>
public static class IssuanceStates
{
    /// <summary>In the order in which people read them.</summary>
    public static IReadOnlyList<StateMeaning> All { get; } =
    [
        new(nameof(Machine.AwaitingOrder), "A refund came first; it waits for its order")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.None,
            StuckAfter = TimeSpan.FromDays(1),
            TimerMeans = "look whether the order has come",
            Advice = "Refunds came before their order. When commerce publishes the order, everything goes on by itself.",
        },
        new(nameof(Machine.Held), "Above a limit of the plausible; waits for a person, and nothing has been sent")
        {
            Tone = StateTone.Warn,
            Effect = CallEffect.None,
            StuckAfter = TimeSpan.FromHours(1),
            NeedsPerson = true,
            Acts = PersonActs.Approve | PersonActs.Cancel,
            Advice =
                "Nothing has been sent to the issuer. Find out from commerce whether the order is right: "
                + "then approve it, and its miles are issued as they are; or cancel it. Its refunds wait.",
        },
        new(nameof(Machine.Issuing), "The call is on its way")
        {
            Tone = StateTone.Busy,
            Effect = CallEffect.Unknown,
            StuckAfter = TimeSpan.FromHours(1),
            AwaitsAnswer = true,
            Acts = PersonActs.Retry,
            TimerMeans = "next try of the call",
            Advice = "The call is on its way. If its answer is lost it is sent again by itself; a retry is safe at any time.",
        },
        new(nameof(Machine.Issued), "Accepted by the issuer: the miles are on the account")
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
            Advice = "The issuer, or our own check, has said no. Correct what is wrong and it is sent under a new key; or cancel it.",
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
        new(nameof(Machine.NotEarned), "The order earned no miles: no call") { Tone = StateTone.Calm, Effect = CallEffect.None },
        new(nameof(Machine.Cancelled), "Cancelled by somebody") { Tone = StateTone.Calm, Effect = CallEffect.None },
    ];
}

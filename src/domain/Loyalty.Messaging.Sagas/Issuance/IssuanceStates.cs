using Loyalty.Messaging.Sagas.Calls;
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
            TimerMeans = "check whether the order has arrived",
            Advice = "Refunds came before their order. When commerce publishes the order, everything continues automatically.",
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
        CallStates.OnItsWay(nameof(Machine.Issuing)),
        new(nameof(Machine.Issued), "Accepted by the issuer: the miles are on the account")
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
            Advice = "The issuer, or our own check, has said no. Correct what is wrong and it is sent under a new key; or cancel it.",
        },
        CallStates.Suspended(nameof(Machine.Suspended)),
        new(nameof(Machine.NotEarned), "The order earned no miles: no call") { Tone = StateTone.Calm, Effect = CallEffect.None },
        CallStates.Cancelled(nameof(Machine.Cancelled)),
    ];
}

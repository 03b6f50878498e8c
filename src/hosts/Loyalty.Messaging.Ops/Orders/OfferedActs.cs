using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>
/// What the saga would do in this state. Whatever is offered, the saga decides: what is asked of it too late it refuses with a sentence.
/// </summary>
internal static class OfferedActs
{
    public static bool Approve(string state) => state is "Held";

    public static bool Retry(string state) => state is "Suspended" or "Pending" or "Issuing" or "Reversing";

    public static bool Correct(string state) => state is "Rejected";

    public static bool Cancel(string state, bool effectUnknown = false) =>
        state is "Held" or "Suspended" or "Rejected" or "AwaitingIssuance" || (state is "Cancelled" && effectUnknown);

    public static bool MoveTimer(string kind, string state, bool hasTimer) =>
        hasTimer && (kind == SagaKind.Issue ? state is "Issuing" or "Pending" or "AwaitingOrder" : state is "Reversing" or "Pending");

    /// <summary>What goes off, for people.</summary>
    public static string TimerMeans(string state) =>
        state switch
        {
            "Issuing" or "Reversing" => "next try of the call",
            "Pending" => "next question whether it is final",
            _ => "look whether the order has come",
        };

    /// <summary>What to do about it, when there is something to do.</summary>
    /// <param name="mayTakeEffectTwice">The issuer may have forgotten its key.</param>
    public static string? Advice(string kind, string state, bool hasTimer, bool mayTakeEffectTwice = false) =>
        (kind, state) switch
        {
            (_, "Suspended" or "Issuing" or "Reversing" or "Pending") when mayTakeEffectTwice =>
                "Its call may have taken effect, and the issuer may have forgotten its key: made again, it may take effect twice. Ask AIR MILES what is on the account before anything else.",
            (_, "Held") =>
                "Nothing has been sent to the issuer. Find out from commerce whether the order is right: then approve it, and its miles are issued as they are; or cancel it. Its refunds wait.",
            (_, "Suspended") =>
                "Whether the call took effect is not known. A retry sends the same bytes under the same key: if the issuer has done it already, nothing happens twice. If it says no, ask AIR MILES what is on the account.",
            (SagaKind.Issue, "Rejected") =>
                "The issuer, or our own check, has said no. Correct what is wrong and it is sent under a new key; or cancel it.",
            (_, "Rejected") =>
                "The issuer, or the order's ledger, has said no, and the miles are the order's again. Correct what is wrong, or cancel the refund.",
            (_, "Issuing" or "Reversing") => hasTimer
                ? "The last try gave no answer; the next is made by itself."
                : "The call is on its way. If its answer is lost it is sent again by itself; a retry is safe at any time.",
            (_, "Pending") => "The issuer has accepted it and is still processing it. There is nothing to do.",
            (_, "AwaitingOrder") => "Refunds came before their order. When commerce publishes the order, everything goes on by itself.",
            (_, "AwaitingIssuance") => "It waits for its order to be settled, and goes on by itself.",
            _ => null,
        };
}

using System.Collections.Frozen;

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>The response codes of ECHO and INQUIRE: everything that follows from one stands in its row.</summary>
public static class AmCashCodes
{
    public const string Approved = "0000";
    public const string Outage = "0092";
    public const string NoAnswer = "0096";

    /// <summary>Every documented code, in order.</summary>
    public static IReadOnlyList<AmCashVerdict> All { get; } =
    [
        new(Approved, "approved", AmCashOutcome.Answered, AmCashActor.Nobody)
        {
            ShowBalances = true,
            OfferRedemption = true,
            OnEcho = true,
        },
        new("0001", "approved, the collector does not want balances to be shown", AmCashOutcome.Answered, AmCashActor.Nobody)
        {
            OfferRedemption = true,
        },
        new("0002", "the collector's account is not active", AmCashOutcome.Refused, AmCashActor.Collector),
        new("0005", "the collector wants neither balances to be shown nor instant redemptions", AmCashOutcome.Answered, AmCashActor.Nobody),
        new("0006", "the collector's account does not allow instant redemptions", AmCashOutcome.Answered, AmCashActor.Nobody)
        {
            ShowBalances = true,
        },
        new("0008", "the transaction timed out at the issuer", AmCashOutcome.Unavailable, AmCashActor.Escalation)
        {
            RetryOnce = true,
            OnEcho = true,
        },
        new("0009", "the card was not swiped or scanned", AmCashOutcome.Refused, AmCashActor.Collector),
        new("0025", "the collector number is not valid", AmCashOutcome.Refused, AmCashActor.Collector),
        new("0035", "a parameter of the request is not valid", AmCashOutcome.Invalid, AmCashActor.Operator) { OnEcho = true },
        new("0051", "the collector does not have enough miles", AmCashOutcome.Answered, AmCashActor.Nobody) { ShowBalances = true },
        new("0067", "the offer is temporarily unavailable", AmCashOutcome.Later, AmCashActor.Caller),
        new(Outage, "scheduled outage, no requests can be sent", AmCashOutcome.Outage, AmCashActor.Caller) { OnEcho = true },
        new(NoAnswer, "server error or no response", AmCashOutcome.Unavailable, AmCashActor.Escalation) { RetryOnce = true, OnEcho = true },
    ];

    static readonly FrozenDictionary<string, AmCashVerdict> ByCode = All.ToFrozenDictionary(
        verdict => verdict.Code!,
        StringComparer.Ordinal
    );

    /// <param name="code">The issuer's code.</param>
    /// <param name="echo">True for an answer to ECHO, which documents fewer.</param>
    public static AmCashVerdict Of(string code, bool echo) =>
        ByCode.TryGetValue(code, out var known) && (known.OnEcho || !echo)
            ? known
            : Undocumented($"response code {Short(code)}") with
            {
                Code = Short(code),
            };

    internal static AmCashVerdict Undocumented(string what) =>
        new(null, $"the issuer answered {what}, which it does not document", AmCashOutcome.Undocumented, AmCashActor.Operator);

    // Four digits by the documentation; what is longer is somebody else's and no code.
    static string Short(string code) => code.Length <= 8 ? code : code[..8];
}

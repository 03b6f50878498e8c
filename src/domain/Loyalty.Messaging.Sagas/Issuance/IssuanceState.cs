using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// One row per order, never deleted. It is the ledger of the order's miles: what was issued, and what of it refunds have claimed.
/// </summary>
public sealed class IssuanceState : SagaStateMachineInstance, ISagaVersion, IHasCall<IssuanceState>, IHasDecisions
{
    static CallKind<IssuanceState> IHasCall<IssuanceState>.Call => IssuanceCall.Kind;

    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";

    /// <summary>When it came into its state.</summary>
    public DateTimeOffset StateSince { get; set; }

    /// <summary>Rises by one with every change; no number is used twice.</summary>
    public int Version { get; set; }
    public string OrderId { get; set; } = "";

    /// <summary>SHA-256 of the order's content; null until the order has come.</summary>
    public byte[]? ContentHash { get; set; }
    public string? CollectorNumber { get; set; }

    /// <summary>What the collector's orders are found by; null without a key to it.</summary>
    public byte[]? CollectorHash { get; set; }
    public string? SponsorCode { get; set; }
    public string? LocationCode { get; set; }
    public string? DeviceId { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>Basket, rules in force and the miles they gave, frozen when the order came.</summary>
    public FrozenOrder? Order { get; set; }

    /// <summary>Whole miles of all offers.</summary>
    public int Miles { get; set; }

    /// <summary>Whole miles granted to refunds and not given back; the database holds it between 0 and <see cref="Miles"/>.</summary>
    public int ReversedMiles { get; set; }

    /// <summary>Every refund that asked, in the order of asking.</summary>
    public List<Claim> Claims { get; set; } = [];

    /// <summary>The call to the issuer: rises with every correction, never with a retry.</summary>
    public int Revision { get; set; }
    public string? ClientTransactionId { get; set; }
    public Guid? IdempotencyKey { get; set; }

    /// <summary>The exact bytes of the call, committed before the first send.</summary>
    public byte[]? RequestBody { get; set; }
    public string? TransactionId { get; set; }
    public string? ResponseCode { get; set; }
    public string? Reason { get; set; }

    /// <inheritdoc/>
    public bool EffectUnknown { get; set; }
    public DateTimeOffset? RequestedAt { get; set; }

    /// <summary>The issuer's transaction day of the call; of the order's coming when there is none.</summary>
    public DateOnly? TransactionDay { get; set; }

    /// <summary>When the issuer, or nobody, last answered the call.</summary>
    public DateTimeOffset? CalledAt { get; set; }
    public Guid? TimerToken { get; set; }
    public DateTimeOffset? TimerDueAt { get; set; }
    public int Tries { get; set; }

    /// <summary>What people decided about the order, in order.</summary>
    public List<TakenDecision> Decisions { get; set; } = [];
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What was in force when the order came; refunds are computed from this and from nothing else.</summary>
public sealed record FrozenOrder(IssuedMiles Issued, IReadOnlyDictionary<string, string> Context);

/// <summary>A refund's claim on the order's miles.</summary>
/// <param name="Refund">What is refunded.</param>
/// <param name="Status">What was answered.</param>
/// <param name="Miles">Granted miles per offer.</param>
/// <param name="Number">0 for the refund's first claim, one more for every correction of it.</param>
public sealed record Claim(RefundRequest Refund, ClaimStatus Status, IReadOnlyList<OfferMiles> Miles, int Number = 0);

public enum ClaimStatus
{
    /// <summary>The order's miles are not settled yet.</summary>
    Waiting,

    /// <summary>The miles are set aside for this refund.</summary>
    Granted,

    /// <summary>The reversal did not happen; the miles are the order's again.</summary>
    GivenBack,

    /// <summary>The refund does not fit the order.</summary>
    Refused,

    /// <summary>Nothing was issued that could be taken back.</summary>
    NotRequired,
}

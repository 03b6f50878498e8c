using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>One row per refund, never deleted.</summary>
public sealed class ReversalState : SagaStateMachineInstance, ISagaVersion, IHasCall<ReversalState>, IHasDecisions
{
    static CallKind<ReversalState> IHasCall<ReversalState>.Call => ReversalCall.Kind;

    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";

    /// <summary>When it came into its state.</summary>
    public DateTimeOffset StateSince { get; set; }
    public int Version { get; set; }
    public string RefundId { get; set; } = "";
    public string OrderId { get; set; } = "";
    public byte[] ContentHash { get; set; } = [];
    public DateTimeOffset RefundedAt { get; set; }
    public RefundRequest? Refund { get; set; }

    /// <summary>Commerce's words.</summary>
    public string? RefundReason { get; set; }

    /// <summary>What the order's ledger granted, per offer; positive.</summary>
    public IReadOnlyList<OfferMiles> Offers { get; set; } = [];
    public int Miles { get; set; }
    public string? CollectorNumber { get; set; }
    public string? SponsorCode { get; set; }
    public string? OriginalClientTransactionId { get; set; }
    public int Revision { get; set; }
    public string? ClientTransactionId { get; set; }
    public Guid? IdempotencyKey { get; set; }
    public byte[]? RequestBody { get; set; }
    public string? TransactionId { get; set; }
    public string? ResponseCode { get; set; }
    public string? Reason { get; set; }

    /// <inheritdoc/>
    public bool EffectUnknown { get; set; }
    public DateTimeOffset? RequestedAt { get; set; }

    /// <summary>The issuer's transaction day of the call; of the refund's coming while there is none.</summary>
    public DateOnly? TransactionDay { get; set; }

    /// <summary>When the issuer, or nobody, last answered the call.</summary>
    public DateTimeOffset? CalledAt { get; set; }

    /// <summary>Which claim on the order's miles counts: 0 for the first, one more for every correction.</summary>
    public int ClaimNumber { get; set; }
    public ReversalCorrection? Correction { get; set; }
    public Guid? TimerToken { get; set; }
    public DateTimeOffset? TimerDueAt { get; set; }
    public int Tries { get; set; }

    /// <summary>What people decided about the refund, in order.</summary>
    public List<TakenDecision> Decisions { get; set; } = [];
    public DateTimeOffset UpdatedAt { get; set; }
}

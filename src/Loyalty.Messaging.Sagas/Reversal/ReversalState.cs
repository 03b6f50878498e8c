using Loyalty.Messaging.Earning;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>One row per refund, never deleted.</summary>
public sealed class ReversalState : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
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
    public DateTimeOffset? RequestedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

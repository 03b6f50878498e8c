namespace Loyalty.Messaging.Contracts;

/// <summary>The refund's miles have been taken back, or are on their way when <see cref="Pending"/>.</summary>
public sealed record MilesReversed
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }
    public required string ClientTransactionId { get; init; }

    /// <summary>The clientTransactionId under which the issuer accepted the order's miles.</summary>
    public required string OriginalClientTransactionId { get; init; }
    public string? TransactionId { get; init; }
    public required string SponsorCode { get; init; }
    public required string CollectorLast4 { get; init; }

    /// <summary>Positive: how many miles were taken back.</summary>
    public required int Miles { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }
    public required bool Pending { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

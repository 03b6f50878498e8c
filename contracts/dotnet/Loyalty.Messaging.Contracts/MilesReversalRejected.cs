namespace Loyalty.Messaging.Contracts;

/// <summary>The miles of this refund were not taken back: the issuer, or our own check of the refund, said no.</summary>
public sealed record MilesReversalRejected
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }

    /// <summary>Absent when the refund was refused before a call to the issuer was made.</summary>
    public string? ClientTransactionId { get; init; }
    public string? OriginalClientTransactionId { get; init; }
    public string? SponsorCode { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }
    public string? ResponseCode { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

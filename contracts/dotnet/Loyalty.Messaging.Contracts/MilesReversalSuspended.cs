namespace Loyalty.Messaging.Contracts;

/// <summary>We could not find out whether the issuer took the reversal; we hold on to it.</summary>
public sealed record MilesReversalSuspended
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }
    public required string ClientTransactionId { get; init; }
    public required string OriginalClientTransactionId { get; init; }
    public required string SponsorCode { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

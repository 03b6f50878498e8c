namespace Loyalty.Messaging.Contracts;

/// <summary>We could not find out whether the issuer took it; we hold on to it, nothing is lost.</summary>
public sealed record MilesIssuanceSuspended
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string ClientTransactionId { get; init; }
    public required string SponsorCode { get; init; }
    public required string CollectorLast4 { get; init; }
    public required int Miles { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

namespace Loyalty.Messaging.Contracts;

/// <summary>The issuer refused for good; somebody has to correct the details.</summary>
public sealed record MilesIssuanceRejected
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string ClientTransactionId { get; init; }
    public required string SponsorCode { get; init; }
    public required string CollectorLast4 { get; init; }
    public required int Miles { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }

    /// <summary>The issuer's code, when it gave one, and its words.</summary>
    public string? ResponseCode { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

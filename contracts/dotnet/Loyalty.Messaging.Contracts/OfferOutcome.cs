namespace Loyalty.Messaging.Contracts;

/// <summary>Miles of one offer in an event we publish.</summary>
public sealed record OfferOutcome
{
    public required string IssuanceOfferCode { get; init; }
    public required int MilesAmount { get; init; }
    public string? OfferId { get; init; }
    public string? OfferDescription { get; init; }

    /// <summary>The issuer's word for this offer, when it gave one (for example <c>PENDING</c>).</summary>
    public string? Status { get; init; }
}

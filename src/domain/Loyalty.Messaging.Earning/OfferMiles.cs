namespace Loyalty.Messaging.Earning;

/// <summary>The miles of one offer. An offer is identified by <see cref="IssuanceOfferCode"/> and <see cref="OfferId"/> together.</summary>
/// <param name="IssuanceOfferCode">The issuer's offer code, e.g. <c>STANDARD</c>.</param>
/// <param name="OfferId">The offer's number at the issuer, absent for offers that have none.</param>
/// <param name="OfferDescription">Free text that the issuer shows.</param>
/// <param name="Miles">Whole miles, 0 or more.</param>
/// <param name="LineIds">The lines that earned them; null or empty means all lines of the order.</param>
public sealed record OfferMiles(
    string IssuanceOfferCode,
    string? OfferId,
    string? OfferDescription,
    int Miles,
    IReadOnlyList<string>? LineIds = null
)
{
    internal (string Code, string? Id) Offer => (IssuanceOfferCode, OfferId);
}

namespace Loyalty.Messaging.Contracts;

/// <summary>The order earned nothing under the rules in force; the issuer is not called.</summary>
public sealed record MilesNotEarned
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string SponsorCode { get; init; }
    public required string CollectorLast4 { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

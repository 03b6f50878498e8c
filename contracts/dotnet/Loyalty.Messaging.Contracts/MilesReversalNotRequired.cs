namespace Loyalty.Messaging.Contracts;

/// <summary>Nothing has to be taken back: nothing was issued, or the rest of the basket still earns all of it.</summary>
public sealed record MilesReversalNotRequired
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

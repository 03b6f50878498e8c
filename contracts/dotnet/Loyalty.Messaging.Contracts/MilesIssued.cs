namespace Loyalty.Messaging.Contracts;

/// <summary>The order's miles are on the Collector's account, or on their way when <see cref="Pending"/>.</summary>
public sealed record MilesIssued
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string ClientTransactionId { get; init; }

    /// <summary>The issuer's id of the transaction, when it gave one.</summary>
    public string? TransactionId { get; init; }
    public required string SponsorCode { get; init; }

    /// <summary>The last four digits of the collector number; never more.</summary>
    public required string CollectorLast4 { get; init; }
    public required int Miles { get; init; }
    public required IReadOnlyList<OfferOutcome> Issuances { get; init; }

    /// <summary>True for a 202 and for a status PENDING (issuer: POST/EVENT page).</summary>
    public required bool Pending { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

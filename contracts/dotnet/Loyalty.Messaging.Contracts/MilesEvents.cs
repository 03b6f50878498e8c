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

/// <summary>The order earned nothing under the rules in force; the issuer is not called.</summary>
public sealed record MilesNotEarned
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string SponsorCode { get; init; }
    public required string CollectorLast4 { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

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

/// <summary>Nothing has to be taken back: nothing was issued, or the rest of the basket still earns all of it.</summary>
public sealed record MilesReversalNotRequired
{
    public required Guid EventId { get; init; }
    public required string OrderId { get; init; }
    public required string RefundId { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

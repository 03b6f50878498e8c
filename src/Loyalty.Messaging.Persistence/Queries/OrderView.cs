namespace Loyalty.Messaging.Persistence.Queries;

/// <summary>What became of an order, for people: no whole collector number, no request bytes.</summary>
public sealed record OrderView
{
    public required string OrderId { get; init; }

    /// <summary>State of the issuance; <c>AwaitingOrder</c> while only a refund is known.</summary>
    public required string State { get; init; }

    /// <summary>Miles of the order, all offers together.</summary>
    public required int Miles { get; init; }

    /// <summary>Of these, how many are set aside for refunds or taken back.</summary>
    public required int ReversedMiles { get; init; }
    public string? ClientTransactionId { get; init; }

    /// <summary>The issuer's id of the transaction, when it gave one.</summary>
    public string? TransactionId { get; init; }

    /// <summary>Masked: <c>*******2028</c>.</summary>
    public string? Collector { get; init; }
    public string? SponsorCode { get; init; }
    public string? Reason { get; init; }
    public string? ResponseCode { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public required IReadOnlyList<ReversalView> Reversals { get; init; }

    /// <summary>Everything that happened to the order and its refunds, oldest first.</summary>
    public required IReadOnlyList<TimelineEntry> Timeline { get; init; }
}

/// <summary>What became of a refund.</summary>
public sealed record ReversalView
{
    public required string RefundId { get; init; }
    public required string State { get; init; }

    /// <summary>Miles to take back or taken back; positive.</summary>
    public required int Miles { get; init; }
    public string? ClientTransactionId { get; init; }
    public string? TransactionId { get; init; }
    public string? Reason { get; init; }
    public string? ResponseCode { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Store.Orders;

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

    /// <summary>A try of the call may have taken effect without an answer that is known.</summary>
    public bool EffectUnknown { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it came into its state.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>Longer in its state than that state's limit.</summary>
    public bool Stuck { get; init; }

    /// <summary>The issuer's transaction day.</summary>
    public DateOnly? TransactionDay { get; init; }
    public string? LocationCode { get; init; }
    public string? DeviceId { get; init; }

    /// <summary>Name of the earn rules that were in force; absent when commerce or a person set the miles.</summary>
    public string? RulesVersion { get; init; }

    /// <summary>What the miles consist of.</summary>
    public IReadOnlyList<OfferMiles> Offers { get; init; } = [];

    /// <summary>Of the call: rises with every correction.</summary>
    public int Revision { get; init; }

    /// <summary>The current revision's request, masked JSON; absent while there is no call.</summary>
    public string? Request { get; init; }

    /// <summary>When that was first sent: until some time after it the issuer knows its key.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>When its timer fires.</summary>
    public DateTimeOffset? TimerDueAt { get; init; }

    /// <summary>Durable tries so far in its state.</summary>
    public int Tries { get; init; }
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

    /// <summary>A try of the call may have taken effect without an answer that is known.</summary>
    public bool EffectUnknown { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it came into its state.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>Longer in its state than that state's limit.</summary>
    public bool Stuck { get; init; }

    /// <summary>Why the shop refunded, in commerce's words.</summary>
    public string? RefundReason { get; init; }

    /// <summary>What is taken back per offer.</summary>
    public IReadOnlyList<OfferMiles> Offers { get; init; } = [];

    /// <summary>The order's transaction that it reverses.</summary>
    public string? OriginalClientTransactionId { get; init; }

    /// <summary>Of the call: rises with every correction.</summary>
    public int Revision { get; init; }

    /// <summary>The current revision's request, masked JSON; absent while there is no call.</summary>
    public string? Request { get; init; }

    /// <summary>When that was first sent: until some time after it the issuer knows its key.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>When its timer fires.</summary>
    public DateTimeOffset? TimerDueAt { get; init; }

    /// <summary>Durable tries so far in its state.</summary>
    public int Tries { get; init; }
}

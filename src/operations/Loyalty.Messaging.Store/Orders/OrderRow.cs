using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>A page of a list.</summary>
public sealed record OrderList
{
    public required IReadOnlyList<OrderRow> Orders { get; init; }

    /// <summary>What to ask the next page with; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>One issuance or reversal in a list.</summary>
public sealed record OrderRow
{
    [JsonIgnore]
    public Guid Id { get; init; }

    /// <summary><c>issue</c> or <c>reverse</c>.</summary>
    public required string Kind { get; init; }
    public required string OrderId { get; init; }
    public string? RefundId { get; init; }
    public required string State { get; init; }

    /// <summary>When it came into its state.</summary>
    public required DateTimeOffset Since { get; init; }
    public bool Stuck { get; init; }

    /// <summary>Whole miles, positive on reversals too.</summary>
    public required int Miles { get; init; }

    /// <summary>Of an order: how many of its miles are set aside for refunds or taken back.</summary>
    public int? ReversedMiles { get; init; }

    /// <summary>Masked: <c>*******2028</c>.</summary>
    public string? Collector { get; init; }
    public string? SponsorCode { get; init; }
    public string? ClientTransactionId { get; init; }
    public DateOnly? TransactionDay { get; init; }

    /// <summary>When its timer fires.</summary>
    public DateTimeOffset? TimerDueAt { get; init; }
    public string? Reason { get; init; }
}

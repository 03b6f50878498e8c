using Loyalty.Messaging.Store.Paging;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>Which issuances and reversals are listed; what is null or empty does not restrict.</summary>
public sealed record OrderFilter
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary><see cref="SagaKind.Issue"/>, <see cref="SagaKind.Reverse"/> or null for both.</summary>
    public string? Kind { get; init; }

    /// <summary>Names of states, of either kind.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>In this state since this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>In this state since before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The issuer's transaction day.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Only those that have been in their state for too long.</summary>
    public bool Stuck { get; init; }

    /// <summary>A whole order id, refund id or clientTransactionId. Never a collector number.</summary>
    public string? Id { get; init; }

    /// <summary>The keyed hash of a collector number: that collector's orders and their refunds.</summary>
    public byte[]? CollectorHash { get; init; }

    /// <summary>Where the page before ended.</summary>
    public PageCursor? Cursor { get; init; }

    /// <value>1 to <see cref="MaxLimit"/>.</value>
    public int Limit { get; init; } = DefaultLimit;
}

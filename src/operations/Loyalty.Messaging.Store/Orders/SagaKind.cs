using Loyalty.Messaging.Store.Days;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>The two things that there are lists of, and the states they can be in.</summary>
public static class SagaKind
{
    /// <summary>An order's issuance.</summary>
    public const string Issue = DayEntry.Issue;

    /// <summary>A refund's reversal.</summary>
    public const string Reverse = DayEntry.Reverse;

    public static IReadOnlyList<string> IssuanceStates { get; } =
    ["AwaitingOrder", "Held", "Issuing", "Issued", "Pending", "Rejected", "Suspended", "NotEarned", "Cancelled"];
    public static IReadOnlyList<string> ReversalStates { get; } =
    ["AwaitingIssuance", "Reversing", "Reversed", "Pending", "Rejected", "Suspended", "NotRequired", "Cancelled"];

    /// <summary>
    /// States out of which something is still expected, from us, from the issuer or from a person; rows pass through them, so that there
    /// are few.
    /// </summary>
    public static IReadOnlyList<string> OpenStates { get; } =
    ["AwaitingOrder", "AwaitingIssuance", "Held", "Issuing", "Reversing", "Pending", "Rejected", "Suspended"];

    /// <summary>Every state of either.</summary>
    public static IReadOnlyList<string> States { get; } = [.. IssuanceStates.Union(ReversalStates)];

    public static IReadOnlyList<string> StatesOf(string kind) => kind == Issue ? IssuanceStates : ReversalStates;
}

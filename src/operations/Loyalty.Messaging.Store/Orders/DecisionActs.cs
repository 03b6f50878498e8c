namespace Loyalty.Messaging.Store.Orders;

/// <summary>What the audit calls the decisions about orders and refunds. What became of one stands in the order's own journal.</summary>
public static class DecisionActs
{
    public const string Approve = "approve";
    public const string Retry = "retry";
    public const string Correct = "correct";
    public const string Cancel = "cancel";
    public const string MoveTimer = "move timer";

    public static IReadOnlyList<string> All { get; } = [Approve, Retry, Correct, Cancel, MoveTimer];
}

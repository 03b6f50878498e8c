using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>Where the states of a diagram stand. A state that nobody has placed stands below the others, so that it is seen.</summary>
internal static class DiagramLayout
{
    public const int NodeWidth = 106,
        NodeHeight = 28,
        Width = 340,
        Height = 300;

    static readonly Dictionary<string, (int X, int Y)> Issuance = new()
    {
        [nameof(IssuanceStateMachine.Initial)] = (170, 14),
        [nameof(IssuanceStateMachine.AwaitingOrder)] = (56, 62),
        [nameof(IssuanceStateMachine.Held)] = (56, 126),
        [nameof(IssuanceStateMachine.Issuing)] = (170, 120),
        [nameof(IssuanceStateMachine.NotEarned)] = (284, 62),
        [nameof(IssuanceStateMachine.Pending)] = (56, 196),
        [nameof(IssuanceStateMachine.Suspended)] = (284, 186),
        [nameof(IssuanceStateMachine.Issued)] = (56, 276),
        [nameof(IssuanceStateMachine.Rejected)] = (170, 238),
        [nameof(IssuanceStateMachine.Cancelled)] = (284, 276),
    };

    static readonly Dictionary<string, (int X, int Y)> Reversal = new()
    {
        [nameof(ReversalStateMachine.Initial)] = (170, 14),
        [nameof(ReversalStateMachine.AwaitingIssuance)] = (170, 66),
        [nameof(ReversalStateMachine.NotRequired)] = (284, 110),
        [nameof(ReversalStateMachine.Reversing)] = (170, 138),
        [nameof(ReversalStateMachine.Pending)] = (56, 200),
        [nameof(ReversalStateMachine.Suspended)] = (284, 190),
        [nameof(ReversalStateMachine.Reversed)] = (56, 276),
        [nameof(ReversalStateMachine.Rejected)] = (170, 238),
        [nameof(ReversalStateMachine.Cancelled)] = (284, 276),
    };

    public static (int X, int Y) Of(string kind, string state, IReadOnlyList<string> states) =>
        (kind == SagaKind.Issue ? Issuance : Reversal).TryGetValue(state, out var place)
            ? place
            : (60 + (states.ToList().IndexOf(state) * 113 % (Width - 60)), Height - 14);
}

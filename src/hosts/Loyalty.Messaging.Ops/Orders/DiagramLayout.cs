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
        ["Initial"] = (170, 14),
        ["AwaitingOrder"] = (56, 62),
        ["Held"] = (56, 126),
        ["Issuing"] = (170, 120),
        ["NotEarned"] = (284, 62),
        ["Pending"] = (56, 196),
        ["Suspended"] = (284, 186),
        ["Issued"] = (56, 276),
        ["Rejected"] = (170, 238),
        ["Cancelled"] = (284, 276),
    };

    static readonly Dictionary<string, (int X, int Y)> Reversal = new()
    {
        ["Initial"] = (170, 14),
        ["AwaitingIssuance"] = (170, 66),
        ["NotRequired"] = (284, 110),
        ["Reversing"] = (170, 138),
        ["Pending"] = (56, 200),
        ["Suspended"] = (284, 190),
        ["Reversed"] = (56, 276),
        ["Rejected"] = (170, 238),
        ["Cancelled"] = (284, 276),
    };

    public static (int X, int Y) Of(string kind, string state, IReadOnlyList<string> states) =>
        (kind == SagaKind.Issue ? Issuance : Reversal).TryGetValue(state, out var place)
            ? place
            : (60 + (states.ToList().IndexOf(state) * 113 % (Width - 60)), Height - 14);
}

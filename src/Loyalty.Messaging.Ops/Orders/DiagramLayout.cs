using Loyalty.Messaging.Persistence.Queries;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>Where the states of a diagram stand. A state that nobody has placed stands below the others, so that it is seen.</summary>
internal static class DiagramLayout
{
    public const int NodeWidth = 118, NodeHeight = 30, Width = 760, Height = 250;

    static readonly Dictionary<string, (int X, int Y)> Issuance = new()
    {
        ["Initial"] = (30, 110),
        ["AwaitingOrder"] = (160, 40),
        ["Issuing"] = (300, 110),
        ["NotEarned"] = (160, 205),
        ["Pending"] = (500, 40),
        ["Issued"] = (690, 40),
        ["Suspended"] = (500, 125),
        ["Rejected"] = (430, 205),
        ["Cancelled"] = (690, 205),
    };

    static readonly Dictionary<string, (int X, int Y)> Reversal = new()
    {
        ["Initial"] = (30, 110),
        ["AwaitingIssuance"] = (160, 110),
        ["Reversing"] = (330, 110),
        ["NotRequired"] = (200, 30),
        ["Pending"] = (510, 40),
        ["Reversed"] = (690, 40),
        ["Suspended"] = (510, 125),
        ["Rejected"] = (330, 205),
        ["Cancelled"] = (690, 205),
    };

    public static (int X, int Y) Of(string kind, string state, IReadOnlyList<string> states) =>
        (kind == SagaKind.Issue ? Issuance : Reversal).TryGetValue(state, out var place) ? place : (90 + (states.ToList().IndexOf(state) * 130 % Width), Height - 18);
}

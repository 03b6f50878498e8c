using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>Ids of orders and refunds in addresses.</summary>
internal static partial class Ids
{
    /// <summary>An id may hold a slash, which stays encoded in a path; it cannot hold a percent sign.</summary>
    public static string FromPath(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static string OrderPath(string orderId) => $"/orders/{Uri.EscapeDataString(orderId)}";

    /// <summary>The refund on its order's page.</summary>
    public static string RefundPath(string orderId, string refundId) => $"{OrderPath(orderId)}#{Anchor(refundId)}";

    /// <summary>The order's page, at the refund when it is about one.</summary>
    public static string PathOf(string orderId, string? refundId) => refundId is null ? OrderPath(orderId) : RefundPath(orderId, refundId);

    /// <summary>Of a refund on its order's page.</summary>
    public static string Anchor(string refundId) => $"refund-{Uri.EscapeDataString(refundId)}";

    /// <summary>What must never stand in an address.</summary>
    public static bool IsCollectorNumber(string? text) => text is not null && CollectorNumber().IsMatch(text.Trim());

    [GeneratedRegex(@"^\d[\d -]{9,}\d$")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^\d{11}$")]
    private static partial Regex CollectorNumber();

    /// <summary>A number as people read it off a card, without its blanks; null when it is none.</summary>
    public static string? CollectorNumberOf(string text)
    {
        var trimmed = text.Trim();
        if (!Digits().IsMatch(trimmed))
            return null;
        var digits = trimmed.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return IsCollectorNumber(digits) ? digits : null;
    }
}

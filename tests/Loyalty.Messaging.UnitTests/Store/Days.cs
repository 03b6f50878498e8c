using Loyalty.Messaging.Store.Days;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.UnitTests.Store;

/// <summary>Ledgers of a day, made by hand.</summary>
internal static class Days
{
    public static readonly DateOnly Day = new(2026, 11, 21);

    public static DayLedger Ledger(params DayEntry[] entries) =>
        new()
        {
            Day = Day,
            Totals = [],
            Entries = entries,
        };

    /// <summary>Order <c>O-1</c> is transaction <c>I-O-1</c>.</summary>
    public static DayEntry Issued(
        string orderId,
        int miles = 8,
        string state = "Issued",
        Standing standing = Standing.Confirmed,
        string? sponsor = "KENY"
    ) =>
        new()
        {
            Kind = SagaKind.Issue,
            OrderId = orderId,
            State = state,
            Standing = standing,
            Miles = miles,
            SponsorCode = sponsor,
            ClientTransactionId = $"I-{orderId}",
            Attempted = true,
        };

    /// <summary>Refund <c>F-1</c> is transaction <c>R-F-1</c>.</summary>
    public static DayEntry Reversed(string refundId, string orderId, int miles = 4) =>
        Issued(orderId, miles) with
        {
            Kind = SagaKind.Reverse,
            RefundId = refundId,
            State = "Reversed",
            ClientTransactionId = $"R-{refundId}",
        };
}

using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>A refund in the words of the earn rules.</summary>
public static class RefundWish
{
    public static RefundRequest Of(OrderRefunded refund)
    {
        ArgumentNullException.ThrowIfNull(refund);
        return new RefundRequest(
            refund.RefundId,
            refund.Full,
            [.. refund.Lines.Select(line => new RefundedLine(line.LineId, line.Quantity, line.Amount))],
            GivenOffers.Of(refund.Issuances)
        );
    }
}

using Loyalty.Messaging.Sagas.Decisions;

namespace Loyalty.Messaging.SagaTests;

/// <summary>What ann decides about a refund, each time anew; a test changes what it is about.</summary>
internal static class RefundDecision
{
    public static RetryReversal Retry(string refundId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            RefundId = refundId,
            Actor = "ann",
            Reason = "the issuer is back",
        };

    public static CorrectReversal Correct(string refundId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            RefundId = refundId,
            Actor = "ann",
            Reason = "as the shop told us",
        };

    public static CancelReversal Cancel(string refundId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            RefundId = refundId,
            Actor = "ann",
            Reason = "never happened",
        };
}

using Loyalty.Messaging.Sagas.Decisions;

namespace Loyalty.Messaging.SagaTests;

/// <summary>What ann decides about an order, each time anew; a test changes what it is about.</summary>
internal static class OrderDecision
{
    public static ApproveIssuance Approve(string orderId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            OrderId = orderId,
            Actor = "ann",
            Reason = "the shop has confirmed it",
        };

    public static RetryIssuance Retry(string orderId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            OrderId = orderId,
            Actor = "ann",
            Reason = "the issuer is back",
        };

    public static CorrectIssuance Correct(string orderId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            OrderId = orderId,
            Actor = "ann",
            Reason = "as the collector told us",
        };

    public static CancelIssuance Cancel(string orderId) =>
        new()
        {
            OperationId = Guid.NewGuid(),
            OrderId = orderId,
            Actor = "ann",
            Reason = "the issuer does not have it",
        };
}

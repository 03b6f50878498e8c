using Loyalty.Messaging.AirMiles;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>The keys under which calls are made, one for each revision.</summary>
public static class CallKeys
{
    public static Guid OfOrder(string orderId, int revision) => IdempotencyKey.For("issue", orderId, revision);

    public static Guid OfRefund(string refundId, int revision) => IdempotencyKey.For("reverse", refundId, revision);
}

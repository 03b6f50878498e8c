using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>POST/EVENT of an order.</summary>
internal static class IssuanceCall
{
    public static CallKind<IssuanceState> Kind { get; } =
        new()
        {
            Operation = "post-event",
            Succeeded = "issued",
            Question = "Whether the pending miles are final",
            SetTimerAsync = (context, due) =>
                context.SetTimerAsync(IssuerQueues.IssuanceAddress, due, new IssuanceTimer { OrderId = context.Saga.OrderId }),
            Count = SagaTelemetry.Issuance,
        };
}

using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <summary>REVERSE/EVENT of a refund.</summary>
internal static class ReversalCall
{
    public static CallKind<ReversalState> Kind { get; } =
        new()
        {
            Operation = "reverse-event",
            Succeeded = "reversed",
            Question = "Whether the pending reversal is final",
            SetTimerAsync = (context, due) =>
                context.SetTimerAsync(IssuerQueues.ReversalAddress, due, new ReversalTimer { RefundId = context.Saga.RefundId }),
            Count = SagaTelemetry.Reversal,
        };
}

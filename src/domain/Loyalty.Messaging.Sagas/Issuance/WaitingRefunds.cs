using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>Refunds that wait for an order which has not arrived.</summary>
internal static class WaitingRefunds
{
    /// <summary>
    /// Refunds wait for an order that has not arrived: they are told of it when they have waited too long, and again after the same time.
    /// </summary>
    public static EventActivityBinder<IssuanceState, T> WatchForOrder<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(context =>
            context.SetTimerAsync(
                IssuerQueues.IssuanceAddress,
                terms.Now + terms.Timing.OrderExpectedWithin,
                new IssuanceTimer { OrderId = context.Saga.OrderId }
            )
        );

    public static EventActivityBinder<IssuanceState, IssuanceTimer> NotifyWaitingRefunds(
        this EventActivityBinder<IssuanceState, IssuanceTimer> binder
    ) =>
        binder.ThenAsync(async context =>
        {
            foreach (var claim in context.Saga.Claims.Where(claim => claim.Status == ClaimStatus.Waiting))
            {
                SagaTelemetry.Overdue.Add(1);
                await context.Send(
                    IssuerQueues.ReversalAddress,
                    new ReversalOverdue
                    {
                        RefundId = claim.Refund.RefundId,
                        Reason = $"Order {context.Saga.OrderId} has not arrived; ask commerce to publish it, or cancel the refund",
                    }
                );
            }
        });
}

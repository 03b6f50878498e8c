using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Plausibility;
using MassTransit;
using OrderBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Issuance.IssuanceState,
    Loyalty.Messaging.Contracts.OrderCompleted
>;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>What is asked for beyond the limits of the plausible waits for a person, before any call is made.</summary>
internal static class IssuancePlausibility
{
    /// <summary>An order that is held has a reason after this.</summary>
    public static OrderBinder Weigh(this OrderBinder binder, SagaTerms terms) =>
        binder.ThenAsync(async context =>
        {
            if (await ImplausibleAsync(context.Saga, terms, context.CancellationToken) is not { } found)
                return;
            context.Saga.Reason = $"Held: {found.Reason}";
            SagaTelemetry.Held.Add(1, new KeyValuePair<string, object?>("limit", found.Limit));
        });

    public static EventActivityBinder<IssuanceState, ApproveIssuance> LetGo(
        this EventActivityBinder<IssuanceState, ApproveIssuance> binder,
        SagaTerms terms
    ) => binder.Then(context => (context.Saga.Reason, context.Saga.UpdatedAt) = (null, terms.Now));

    static async Task<Implausible?> ImplausibleAsync(IssuanceState saga, SagaTerms terms, CancellationToken cancellationToken)
    {
        var limits = terms.Plausibility;
        var alone = limits.OfOrder(saga.Miles, saga.CompletedAt!.Value, terms.Now);
        if (alone is not null || limits.MilesPerCollectorAndDay is not { } limit)
            return alone;
        return limits.OfCollectorAndDay(
            await terms.CollectorDays.WithAsync(
                saga.CollectorNumber!,
                saga.CollectorHash,
                saga.TransactionDay!.Value,
                saga.CorrelationId,
                saga.Miles,
                limit,
                cancellationToken
            )
        );
    }
}

using Loyalty.Messaging.AirMiles;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// Makes the call, with no transaction open, and tells the saga how it went. A redelivery makes the same call again: the same key, the same
/// bytes.
/// </summary>
public sealed class IssueMilesConsumer(IAirMilesClient airMiles) : IConsumer<IssueMiles>
{
    public async Task Consume(ConsumeContext<IssueMiles> context)
    {
        var message = context.Message;
        var call = new FrozenCall(message.IdempotencyKey, message.Body) { Waited = context.ReceiveContext.ElapsedTime };
        var result = await airMiles.PostEventAsync(call, context.CancellationToken);
        var effectUnknown = result.EffectUnknown || context.MayHaveBeenDelivered();
        await (
            result.Outcome switch
            {
                CallOutcome.Accepted accepted => context.Send(
                    IssuerQueues.IssuanceAddress,
                    new IssueConfirmed
                    {
                        OrderId = message.OrderId,
                        IdempotencyKey = message.IdempotencyKey,
                        Pending = accepted.Pending,
                        TransactionId = accepted.TransactionId,
                        Issuances = accepted.Issuances,
                        Attempts = result.Attempts,
                    }
                ),
                CallOutcome.Rejected rejected => context.Send(
                    IssuerQueues.IssuanceAddress,
                    new IssueRejected
                    {
                        OrderId = message.OrderId,
                        IdempotencyKey = message.IdempotencyKey,
                        ResponseCode = rejected.ResponseCode,
                        Reason = rejected.Reason,
                        EffectUnknown = effectUnknown,
                        Attempts = result.Attempts,
                    }
                ),
                CallOutcome.Unresolved unresolved => context.Send(
                    IssuerQueues.IssuanceAddress,
                    new IssueUnresolved
                    {
                        OrderId = message.OrderId,
                        IdempotencyKey = message.IdempotencyKey,
                        Reason = unresolved.Reason,
                        RetryAfter = unresolved.RetryAfter,
                        EffectUnknown = effectUnknown,
                        Attempts = result.Attempts,
                    }
                ),
                CallOutcome.Postponed postponed => context.Send(
                    IssuerQueues.IssuanceAddress,
                    new IssueUnresolved
                    {
                        OrderId = message.OrderId,
                        IdempotencyKey = message.IdempotencyKey,
                        Reason = postponed.Reason,
                        Postponed = true,
                        EffectUnknown = effectUnknown,
                        Attempts = result.Attempts,
                    }
                ),
                _ => throw new InvalidOperationException($"The outcome {result.Outcome.GetType().Name} is not known here"),
            }
        );
    }
}

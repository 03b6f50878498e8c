using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Reversal;

/// <inheritdoc/>
public sealed class ReverseMilesConsumer(IAirMilesClient airMiles)
    : CallConsumer<ReverseMiles, ReverseConfirmed, ReverseRejected, ReverseUnresolved>(IssuerQueues.ReversalAddress)
{
    /// <inheritdoc/>
    protected override FrozenCall CallOf(ReverseMiles command) => new(command.IdempotencyKey, command.Body);

    /// <inheritdoc/>
    protected override Task<CallResult> CallAsync(FrozenCall call, CancellationToken cancellationToken) =>
        airMiles.ReverseEventAsync(call, cancellationToken);

    /// <inheritdoc/>
    protected override ReverseConfirmed Confirmed(ReverseMiles command, CallOutcome.Accepted yes, CallResult result) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            Pending = yes.Pending,
            TransactionId = yes.TransactionId,
            Issuances = yes.Issuances,
            Attempts = result.Attempts,
        };

    /// <inheritdoc/>
    protected override ReverseRejected Rejected(ReverseMiles command, CallOutcome.Rejected no, CallResult result) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            ResponseCode = no.ResponseCode,
            Reason = no.Reason,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };

    /// <inheritdoc/>
    protected override ReverseUnresolved Unresolved(
        ReverseMiles command,
        CallOutcome.Unresolved unknown,
        bool postponed,
        CallResult result
    ) =>
        new()
        {
            RefundId = command.RefundId,
            IdempotencyKey = command.IdempotencyKey,
            Reason = unknown.Reason,
            Postponed = postponed,
            RetryAfter = unknown.RetryAfter,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

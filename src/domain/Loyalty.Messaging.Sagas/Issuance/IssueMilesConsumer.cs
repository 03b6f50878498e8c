using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas.Calls;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <inheritdoc/>
public sealed class IssueMilesConsumer(IAirMilesClient airMiles)
    : CallConsumer<IssueMiles, IssueConfirmed, IssueRejected, IssueUnresolved>(IssuerQueues.IssuanceAddress)
{
    /// <inheritdoc/>
    protected override FrozenCall CallOf(IssueMiles command) => new(command.IdempotencyKey, command.Body);

    /// <inheritdoc/>
    protected override Task<CallResult> CallAsync(FrozenCall call, CancellationToken cancellationToken) =>
        airMiles.PostEventAsync(call, cancellationToken);

    /// <inheritdoc/>
    protected override IssueConfirmed Confirmed(IssueMiles command, CallOutcome.Accepted yes, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            Pending = yes.Pending,
            TransactionId = yes.TransactionId,
            Issuances = yes.Issuances,
            Attempts = result.Attempts,
        };

    /// <inheritdoc/>
    protected override IssueRejected Rejected(IssueMiles command, CallOutcome.Rejected no, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            ResponseCode = no.ResponseCode,
            Reason = no.Reason,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };

    /// <inheritdoc/>
    protected override IssueUnresolved Unresolved(IssueMiles command, CallOutcome.Unresolved unknown, bool postponed, CallResult result) =>
        new()
        {
            OrderId = command.OrderId,
            IdempotencyKey = command.IdempotencyKey,
            Reason = unknown.Reason,
            Postponed = postponed,
            RetryAfter = unknown.RetryAfter,
            EffectUnknown = result.EffectUnknown,
            Attempts = result.Attempts,
        };
}

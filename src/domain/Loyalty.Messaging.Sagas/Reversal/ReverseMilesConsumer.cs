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
        new(command, yes, result);

    /// <inheritdoc/>
    protected override ReverseRejected Rejected(ReverseMiles command, CallOutcome.Rejected no, CallResult result) =>
        new(command, no, result);

    /// <inheritdoc/>
    protected override ReverseUnresolved Unresolved(ReverseMiles command, Unanswered unanswered, CallResult result) =>
        new(command, unanswered, result);
}

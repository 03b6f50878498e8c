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
        new(command, yes, result);

    /// <inheritdoc/>
    protected override IssueRejected Rejected(IssueMiles command, CallOutcome.Rejected no, CallResult result) => new(command, no, result);

    /// <inheritdoc/>
    protected override IssueUnresolved Unresolved(IssueMiles command, Unanswered unanswered, CallResult result) =>
        new(command, unanswered, result);
}

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>
/// What people have decided, written down by ops after they had signed in and before anything was sent. A message alone decides nothing:
/// whoever may publish could have written it, the actor's name included.
/// </summary>
public interface IRecordedDecisions
{
    /// <returns>Whether this very decision is recorded: the same operation, the same kind, the same subject, the same words.</returns>
    Task<bool> HoldAsync(IDecision decision, CancellationToken cancellationToken);
}

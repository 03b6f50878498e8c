namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// Whether a call is one that its saga waits for. A message alone is no reason to move miles: whoever may publish could have written it,
/// and an old one may come again.
/// </summary>
public interface ICurrentCalls
{
    Task<CallStanding> OfIssuanceAsync(string orderId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken);

    Task<CallStanding> OfReversalAsync(string refundId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken);
}

public enum CallStanding
{
    /// <summary>The saga waits for its answer, with this key and these bytes.</summary>
    Current,

    /// <summary>Its saga has the answer, or has given it up; or it is of an earlier revision.</summary>
    Over,

    /// <summary>No saga has asked for it in these words.</summary>
    Unknown,
}

using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;

namespace Loyalty.Messaging.Store.Calls;

/// <summary>Asks the committed rows; questions at the same time are asked together.</summary>
internal sealed class CurrentCalls(DeliveryDatabase<LoyaltyDbContext> database) : ICurrentCalls
{
    // Pending too: whoever asks whether it is final makes the same call.
    readonly CallRows _issuances = new(database, "issuance", WaitingIn(IssuanceStates.All));
    readonly CallRows _reversals = new(database, "reversal", WaitingIn(ReversalStates.All));

    public Task<CallStanding> OfIssuanceAsync(string orderId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
        AskAsync(
            _issuances,
            DeterministicId.OfOrder(orderId),
            revision => CallKeys.OfOrder(orderId, revision),
            idempotencyKey,
            body,
            cancellationToken
        );

    public Task<CallStanding> OfReversalAsync(string refundId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
        AskAsync(
            _reversals,
            DeterministicId.OfRefund(refundId),
            revision => CallKeys.OfRefund(refundId, revision),
            idempotencyKey,
            body,
            cancellationToken
        );

    static string[] WaitingIn(IReadOnlyList<StateMeaning> states) =>
        [.. states.Where(state => state.AwaitsAnswer).Select(state => state.Name)];

    async Task<CallStanding> AskAsync(
        CallRows rows,
        Guid id,
        Func<int, Guid> keyOf,
        Guid key,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        for (var started = database.Time.GetTimestamp(); ; )
        {
            try
            {
                await database.Gate.WaitAsync(cancellationToken).WaitAsync(DatabaseGate.LongestWait, database.Time, cancellationToken);
                // Left alone when it is cancelled: to cancel a statement, somebody at the other end of the wire has to answer.
                return Standing(await rows.ReadAsync(id).WaitAsync(cancellationToken), keyOf, key, body);
            }
            catch (Exception exception) when (DatabaseFault.IsAway(exception) || exception is TimeoutException)
            {
                if (database.Time.GetElapsedTime(started) >= DatabaseGate.LongestWait)
                    throw new DatabaseAwayException(exception);
                database.Gate.Close(exception);
            }
        }
    }

    static CallStanding Standing(CallRow? row, Func<int, Guid> keyOf, Guid key, byte[] body)
    {
        if (row?.IdempotencyKey is not { } current)
            return CallStanding.Unknown;
        if (current != key)
            return Enumerable.Range(0, row.Revision).Any(earlier => keyOf(earlier) == key) ? CallStanding.Over : CallStanding.Unknown;
        if (!row.Body.AsSpan().SequenceEqual(body))
            return CallStanding.Unknown;
        return row.Waits ? CallStanding.Current : CallStanding.Over;
    }
}

using Loyalty.Messaging.Persistence.Inbox;
using Loyalty.Messaging.Persistence.Transactions;
using Loyalty.Messaging.Sagas;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Calls;

/// <summary>Asks the committed row, as one read of its key.</summary>
internal sealed class CurrentCalls(DeliveryDatabase<LoyaltyDbContext> database) : ICurrentCalls
{
    /// <summary>Below the broker's own patience with an unacknowledged delivery (30 minutes).</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    // Pending too: whoever asks whether it is final makes the same call.
    static readonly string IssuanceSql = Sql("issuance", "Issuing", "Suspended", "Pending");
    static readonly string ReversalSql = Sql("reversal", "Reversing", "Suspended", "Pending");

    public Task<CallStanding> OfIssuanceAsync(string orderId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
        AskAsync(IssuanceSql, Identity.OfOrder(orderId), revision => CallKeys.OfOrder(orderId, revision), idempotencyKey, body, cancellationToken);

    public Task<CallStanding> OfReversalAsync(string refundId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
        AskAsync(ReversalSql, Identity.OfRefund(refundId), revision => CallKeys.OfRefund(refundId, revision), idempotencyKey, body, cancellationToken);

    static string Sql(string table, params string[] waiting) =>
        $"SELECT idempotency_key, request_body, revision, current_state IN ('{string.Join("', '", waiting)}') FROM {table} WHERE correlation_id = $1";

    async Task<CallStanding> AskAsync(string sql, Guid id, Func<int, Guid> keyOf, Guid key, byte[] body, CancellationToken cancellationToken)
    {
        for (var started = database.Time.GetTimestamp(); ;)
        {
            try
            {
                await database.Gate.WaitAsync(cancellationToken).WaitAsync(LongestWait, database.Time, cancellationToken);
                // Left alone when it is cancelled: to cancel a statement, somebody at the other end of the wire has to answer.
                return await ReadAsync(sql, id, keyOf, key, body).WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFault.IsAway(exception) || exception is TimeoutException)
            {
                if (database.Time.GetElapsedTime(started) >= LongestWait)
                    throw new DatabaseAwayException($"The database has been away for {LongestWait.TotalMinutes:0} minutes", exception);
                database.Gate.Close(exception);
            }
        }
    }

    async Task<CallStanding> ReadAsync(string sql, Guid id, Func<int, Guid> keyOf, Guid key, byte[] body)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync();
        if (!await row.ReadAsync() || await row.IsDBNullAsync(0))
            return CallStanding.Unknown;
        if (row.GetGuid(0) != key)
            return Enumerable.Range(0, row.GetInt32(2)).Any(earlier => keyOf(earlier) == key) ? CallStanding.Over : CallStanding.Unknown;
        if (!row.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(body))
            return CallStanding.Unknown;
        return row.GetBoolean(3) ? CallStanding.Current : CallStanding.Over;
    }
}

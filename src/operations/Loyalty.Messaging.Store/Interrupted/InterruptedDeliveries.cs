using Loyalty.Messaging.Delivery.Database;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Store.Interrupted;

/// <summary>
/// How often each delivery was begun and never ended, by whichever process. Written before the work and deleted after it, in transactions
/// of their own: a process that dies in between leaves its mark.
/// </summary>
public sealed class InterruptedDeliveries
{
    const string BeginSql = """
        INSERT INTO interrupted_delivery AS d (queue, message_id, begun, begun_at) VALUES ($1, $2, 1, now())
        ON CONFLICT (queue, message_id) DO UPDATE SET begun = d.begun + 1, begun_at = now() RETURNING begun
        """;

    const string AloneSql =
        "UPDATE interrupted_delivery SET alone = alone + 1, begun_at = now() WHERE queue = $1 AND message_id = $2 RETURNING alone";

    const string EndSql = "DELETE FROM interrupted_delivery WHERE queue = $1 AND message_id = $2 RETURNING begun";

    readonly DeliveryDatabase _database;

    internal InterruptedDeliveries(DeliveryDatabase database) => _database = database;

    /// <returns>How often it has been begun, this time included.</returns>
    /// <exception cref="DatabaseAwayException">It could not be written for too long; the delivery goes back to its queue.</exception>
    public Task<int> BeginAsync(string queue, string messageId, CancellationToken cancellationToken) =>
        WriteAsync(BeginSql, queue, messageId, cancellationToken);

    /// <summary>From now on nothing else that is suspected is in work in this process.</summary>
    /// <returns>How often that was so, this time included.</returns>
    /// <exception cref="DatabaseAwayException">As above.</exception>
    public Task<int> BeginAloneAsync(string queue, string messageId, CancellationToken cancellationToken) =>
        WriteAsync(AloneSql, queue, messageId, cancellationToken);

    /// <summary>It has ended, well or badly. While that cannot be written, it counts as begun once more than it was.</summary>
    public async Task EndAsync(string queue, string messageId, CancellationToken cancellationToken)
    {
        try
        {
            await AnswerAsync(EndSql, queue, messageId).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for it, and the answer may never come.
        }
        catch (Exception exception) when (DatabaseFault.IsAway(exception))
        {
            _database.Gate.Close(exception);
        }
    }

    async Task<int> WriteAsync(string sql, string queue, string messageId, CancellationToken cancellationToken)
    {
        var started = _database.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await _database.Gate.WaitAsync(cancellationToken).WaitAsync(DatabaseGate.LongestWait, _database.Time, cancellationToken);
                // Left alone when it is cancelled: to cancel a statement, somebody at the other end of the wire has to answer.
                // No row: somebody has taken it away. It counts anew.
                return await AnswerAsync(sql, queue, messageId).WaitAsync(cancellationToken) is int times ? times : 1;
            }
            catch (Exception exception) when (exception is TimeoutException || DatabaseFault.IsAway(exception))
            {
                if (_database.Time.GetElapsedTime(started) >= DatabaseGate.LongestWait)
                    throw new DatabaseAwayException(exception);
                _database.Gate.Close(exception);
            }
        }
    }

    async Task<object?> AnswerAsync(string sql, string queue, string messageId)
    {
        await using var command = _database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = queue, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = messageId, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync();
    }
}

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

    /// <summary>As long as any delivery waits for the database.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

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
    public async Task EndAsync(string queue, string messageId)
    {
        try
        {
            await using var command = Command(EndSql, queue, messageId);
            await command.ExecuteScalarAsync(CancellationToken.None);
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
                await _database.Gate.WaitAsync(cancellationToken).WaitAsync(LongestWait, _database.Time, cancellationToken);
                await using var command = Command(sql, queue, messageId);
                // No row: somebody has taken it away. It counts anew.
                return await command.ExecuteScalarAsync(cancellationToken) is int times ? times : 1;
            }
            catch (Exception exception) when (exception is TimeoutException || DatabaseFault.IsAway(exception))
            {
                if (_database.Time.GetElapsedTime(started) > LongestWait)
                    throw new DatabaseAwayException($"The database has been away for {LongestWait.TotalMinutes:0} minutes", exception);
                _database.Gate.Close(exception);
            }
        }
    }

    NpgsqlCommand Command(string sql, string queue, string messageId)
    {
        var command = _database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = queue, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = messageId, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }
}

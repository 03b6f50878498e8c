using Loyalty.Messaging.Persistence.Transactions;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.Interrupted;

/// <summary>
/// How often each delivery was begun and never ended, by whichever process. Written before the work and deleted after it, in
/// transactions of their own: a process that dies in between leaves its mark.
/// </summary>
public sealed class InterruptedDeliveries
{
    const string BeginSql =
        """
        INSERT INTO interrupted_delivery AS d (queue, message_id, begun, begun_at) VALUES ($1, $2, 1, now())
        ON CONFLICT (queue, message_id) DO UPDATE SET begun = d.begun + 1, begun_at = now() RETURNING begun
        """;

    const string EndSql = "DELETE FROM interrupted_delivery WHERE queue = $1 AND message_id = $2";

    readonly DeliveryDatabase _database;

    internal InterruptedDeliveries(DeliveryDatabase database) => _database = database;

    /// <returns>How often it has been begun, this time included.</returns>
    /// <exception cref="Inbox.DatabaseAwayException">It could not be written; the delivery goes back to its queue.</exception>
    public async Task<int> BeginAsync(string queue, string messageId, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = Command(BeginSql, queue, messageId);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (Exception exception) when (DatabaseFault.IsAway(exception))
        {
            throw new Inbox.DatabaseAwayException("That it is begun could not be written", exception);
        }
    }

    /// <summary>It has ended, well or badly. When that cannot be written, it counts as begun once more than it was.</summary>
    public async Task EndAsync(string queue, string messageId)
    {
        try
        {
            await using var command = Command(EndSql, queue, messageId);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception exception) when (DatabaseFault.IsAway(exception))
        {
            _database.Gate.Close(exception);
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

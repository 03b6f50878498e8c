using Loyalty.Messaging.Delivery.Database;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Delivery.Inbox;

/// <summary>
/// The messages that consumers have dealt with, in a partition per UTC day. It makes duplicates cheap; what makes them harmless is the
/// saga's row.
/// The day is the database's: workers' clocks may disagree. A look at tomorrow covers a database that was replaced by another around
/// midnight.
/// </summary>
/// <param name="days">How many days before today are remembered.</param>
internal sealed class InboxTable(int days)
{
    /// <summary>Stays the same within a transaction.</summary>
    public const string Today = "(now() AT TIME ZONE 'UTC')::date";

    // The look is a subquery with a limit, not a join: a join that was planned while the table was empty reads the whole day for every
    // statement.
    // Today's own messages are found by the conflict.
    const string TakeSql = $"""
        INSERT INTO {TableNames.Inbox} (message_id, consumer_id, received_on)
        SELECT taken.message_id, taken.consumer_id, {Today} FROM (SELECT unnest($1) AS message_id, unnest($2) AS consumer_id) AS taken
        WHERE (SELECT true FROM {TableNames.Inbox} known
            WHERE known.message_id = taken.message_id AND known.consumer_id = taken.consumer_id
                AND known.received_on BETWEEN {Today} - $3 AND {Today} + 1 LIMIT 1) IS NULL
        ON CONFLICT DO NOTHING
        RETURNING message_id
        """;

    const string GiveBackSql = $"""
        DELETE FROM {TableNames.Inbox} USING unnest($1, $2) AS back (message_id, consumer_id)
        WHERE {TableNames.Inbox}.message_id = back.message_id AND {TableNames.Inbox}.consumer_id = back.consumer_id
            AND received_on = {Today}
        """;

    /// <summary>Returns the ids of those that were not taken before. Waits for a transaction that is just taking one of them.</summary>
    public NpgsqlBatchCommand Take(IReadOnlyList<InboxKey> deliveries)
    {
        var command = Of(TakeSql, deliveries);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
        return command;
    }

    /// <summary>Within the transaction that took them: as if they had not come.</summary>
    public static NpgsqlBatchCommand GiveBack(IReadOnlyList<InboxKey> deliveries) => Of(GiveBackSql, deliveries);

    static NpgsqlBatchCommand Of(string sql, IReadOnlyList<InboxKey> deliveries)
    {
        // In one order everywhere, so that two transactions with the same messages wait for each other and do not lock each other out.
        var ordered = deliveries.OrderBy(delivery => delivery.MessageId).ToList();
        return new(sql)
        {
            Parameters =
            {
                Column.Of(ordered, delivery => delivery.MessageId, NpgsqlDbType.Uuid),
                Column.Of(ordered, delivery => delivery.ConsumerId, NpgsqlDbType.Uuid),
            },
        };
    }
}

/// <summary>What the inbox tells deliveries apart by.</summary>
/// <param name="ConsumerId">Of the endpoint and the saga or consumer together.</param>
internal readonly record struct InboxKey(Guid MessageId, Guid ConsumerId);

using Loyalty.Messaging.Persistence.Transactions;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.Inbox;

/// <summary>
/// The messages that consumers have dealt with, in a partition per UTC day. It makes duplicates cheap; what makes them harmless is the saga's row.
/// A look at the neighbouring days covers midnight and clocks that disagree.
/// </summary>
internal static class InboxTable
{
    public const string Name = "inbox";

    // The look is a subquery with a limit, not a join: a join that was planned while the table was empty reads the whole day for every statement.
    // Today's own messages are found by the conflict.
    const string TakeSql =
        $"""
        INSERT INTO {Name} (message_id, consumer_id, received_on)
        SELECT taken.message_id, taken.consumer_id, $3 FROM (SELECT unnest($1) AS message_id, unnest($2) AS consumer_id) AS taken
        WHERE (SELECT true FROM {Name} known
            WHERE known.message_id = taken.message_id AND known.consumer_id = taken.consumer_id AND known.received_on IN ($3 - 1, $3 + 1) LIMIT 1) IS NULL
        ON CONFLICT DO NOTHING
        RETURNING message_id
        """;

    const string GiveBackSql =
        $"DELETE FROM {Name} USING unnest($1, $2) AS back (message_id, consumer_id) WHERE {Name}.message_id = back.message_id AND {Name}.consumer_id = back.consumer_id AND received_on = $3";

    /// <summary>Returns the ids of those that were not taken before. Waits for a transaction that is just taking one of them.</summary>
    public static NpgsqlBatchCommand Take(IReadOnlyList<DeliverySession> deliveries, DateOnly today) => Of(TakeSql, deliveries, today);

    /// <summary>Within the transaction that took them: as if they had not come.</summary>
    public static NpgsqlBatchCommand GiveBack(IReadOnlyList<DeliverySession> deliveries, DateOnly today) => Of(GiveBackSql, deliveries, today);

    static NpgsqlBatchCommand Of(string sql, IReadOnlyList<DeliverySession> deliveries, DateOnly today)
    {
        // In one order everywhere, so that two transactions with the same messages wait for each other and do not lock each other out.
        var ordered = deliveries.OrderBy(delivery => delivery.MessageId).ToList();
        return new(sql)
        {
            Parameters =
            {
                Column.Of(ordered, delivery => delivery.MessageId, NpgsqlDbType.Uuid),
                Column.Of(ordered, delivery => delivery.ConsumerId, NpgsqlDbType.Uuid),
                new NpgsqlParameter<DateOnly> { TypedValue = today, NpgsqlDbType = NpgsqlDbType.Date },
            },
        };
    }
}

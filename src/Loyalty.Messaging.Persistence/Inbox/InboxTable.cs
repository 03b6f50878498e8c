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

    const string TakeSql =
        $"""
        INSERT INTO {Name} (message_id, consumer_id, received_on)
        SELECT $1, $2, $3 WHERE NOT EXISTS (
            SELECT 1 FROM {Name} WHERE message_id = $1 AND consumer_id = $2 AND received_on >= $3 - 1 AND received_on <= $3 + 1)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Affects one row, or none when the message was taken before. Waits for a transaction that is just taking it.</summary>
    public static NpgsqlBatchCommand Take(Guid messageId, Guid consumerId, DateTimeOffset now) => new(TakeSql)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = messageId, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter<Guid> { TypedValue = consumerId, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(now.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Date },
        },
    };
}

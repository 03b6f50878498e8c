using Loyalty.Messaging.Benchmarks.Load;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Backlog;

/// <summary>What a long outage of the broker leaves in the outbox: published events that are due, each of a saga of its own.</summary>
internal static class OutboxBacklog
{
    const int RowsAtOnce = 100_000;

    /// <summary>Their orders' ids are those of a series of the load that nobody publishes.</summary>
    public const int Series = 99;

    // Bodies and metadata as the product writes them, ids that ascend as its own do. Due one after the other: a backlog does not come to be
    // in one instant.
    static readonly string Sql = $$"""
        INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at)
        SELECT ('019ab000-0000-7000-8000-' || lpad(to_hex(e.number), 12, '0'))::uuid, gen_random_uuid(), e.id,
            'exchange:loyalty.miles-issued', 'application/json', 'urn:message:Loyalty.Messaging.Contracts:MilesIssued',
            jsonb_build_object(
                'CorrelationId', e.id, 'ConversationId', gen_random_uuid(), 'InitiatorId', gen_random_uuid(),
                'SourceAddress', 'rabbitmq://localhost/loyalty.issuance',
                'Properties', jsonb_build_object('RMQ-Exchange', 'loyalty.miles-issued')),
            convert_to(json_build_object(
                'eventId', e.id, 'orderId', 'B{{Series}}-' || lpad(e.number::text, {{OrderBodies.IdDigits}}, '0'), 'clientTransactionId',
                    'I-B{{Series}}-' || e.number, 'transactionId', gen_random_uuid(), 'sponsorCode', 'KENY',
                'collectorLast4', '2028', 'miles', 24, 'issuances',
                    (SELECT json_agg(json_build_object('issuanceOfferCode', 'OFFER' || offer, 'milesAmount', 8, 'status', 'COMPLETED'))
                    FROM generate_series(1, 3) offer),
                'pending', false, 'occurredAt', '2026-11-24T10:19:40.772+00:00')::text, 'UTF8'),
            now() - interval '1 hour', now() - interval '1 hour' + e.number * interval '1 millisecond'
        FROM (SELECT number, gen_random_uuid() AS id FROM generate_series($1::bigint, $2::bigint) number) e
        """;

    /// <returns>The size of the outbox with its indexes, in bytes.</returns>
    public static async Task<long> FillAsync(string connectionString, long rows, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        for (var first = 0L; first < rows; first += RowsAtOnce)
        {
            await using var insert = new NpgsqlCommand(Sql, connection)
            {
                CommandTimeout = 0,
                Parameters =
                {
                    new NpgsqlParameter<long> { TypedValue = first },
                    new NpgsqlParameter<long> { TypedValue = Math.Min(first + RowsAtOnce, rows) - 1 },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        // A backlog comes to be over hours: what filling it in a minute leaves for the server to write is not to be measured.
        foreach (var statement in (string[])["VACUUM (ANALYZE) outbox", "CHECKPOINT"])
        {
            await using var tidy = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await tidy.ExecuteNonQueryAsync(cancellationToken);
        }
        await using var size = new NpgsqlCommand("SELECT pg_total_relation_size('outbox')", connection);
        return (long)(await size.ExecuteScalarAsync(cancellationToken))!;
    }
}

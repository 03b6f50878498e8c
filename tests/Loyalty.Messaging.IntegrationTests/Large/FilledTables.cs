using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.IntegrationTests.Large;

/// <summary>Enough rows for the planner to take what it would take with millions.</summary>
internal static class FilledTables
{
    public const int Rows = 120_000;

    /// <summary>The tables that grow; a scan over one of them takes longer every day.</summary>
    public const string Growing = "issuance|reversal|parcel|outbox|inbox_[0-9]+|journal_[0-9]+";

    public static Task FillSagasAsync(TestDatabase database) =>
        database.RunAsync(
            $"""
            INSERT INTO issuance (correlation_id, current_state, version, order_id, miles, reversed_miles, claims, revision, updated_at,
                transaction_day)
            SELECT gen_random_uuid(), 'Issued', 2, 'order-' || number, 8, 0, '[]', 1, now(), current_date - number / 500
                FROM generate_series(1, {Rows}) number;
            INSERT INTO reversal (correlation_id, current_state, version, refund_id, order_id, content_hash, refunded_at, offers, miles,
                revision, updated_at, transaction_day)
            SELECT gen_random_uuid(), 'Reversed', 3, 'refund-' || number, 'order-' || number, '', now(), '[]', 4, 1, now(),
                current_date - number / 500 FROM generate_series(1, {Rows}) number;
            ANALYZE issuance, reversal
            """
        );

    /// <summary>
    /// Of the outbox one half is due, the other is scheduled for later; of inbox and journal every day and month that is near has its
    /// share.
    /// </summary>
    public static Task FillMessagesAsync(TestDatabase database, string due = "now() - interval '1 hour'") =>
        database.RunAsync(
            $"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at,
                scheduled)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'exchange:parcel-delivery', 'application/json',
                'urn:message:Some', '{EmptyObject}', '', now(),
                {due} + number * interval '1 millisecond', false FROM generate_series(1, {Rows / 2}) number;
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at,
                scheduled)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'exchange:parcel-delivery', 'application/json',
                'urn:message:Some', '{EmptyObject}', '', now(),
                now() + interval '1 hour' + number * interval '1 millisecond', true FROM generate_series(1, {Rows / 2}) number;
            INSERT INTO inbox (message_id, consumer_id, received_on)
            SELECT gen_random_uuid(), 'b3142685-58d8-8453-92e9-a334a5a7c6b4', (now() AT TIME ZONE 'UTC')::date + number % 3 - 1
                FROM generate_series(1, {Rows}) number;
            INSERT INTO journal (at, order_id, message_type, message_id, redelivered, from_state, to_state)
            SELECT now() + (number % 4 - 1) * interval '1 month', 'order-' || number, 'OrderCompleted', gen_random_uuid(), false, '',
                'Issuing' FROM generate_series(1, {Rows}) number;
            ANALYZE outbox, inbox, journal
            """
        );

    // Interpolation and a literal brace do not go together.
    const string EmptyObject = "{}";
}

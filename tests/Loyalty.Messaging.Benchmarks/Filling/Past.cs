using System.Globalization;

namespace Loyalty.Messaging.Benchmarks.Filling;

/// <summary>
/// The statements that make up the past. Each takes the first and the last number of a piece; orders are numbered by their time.
/// </summary>
internal static class Past
{
    /// <summary>The saga's key from its business key, as the product computes it: a filled order can be refunded.</summary>
    public const string IdentityFunction = """
        CREATE OR REPLACE FUNCTION pg_temp.identity_of(kind text, id text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
            SELECT encode(set_byte(set_byte(digest, 6, (get_byte(digest, 6) & 15) | 128), 8, (get_byte(digest, 8) & 63) | 128), 'hex')::uuid
            FROM (SELECT substring(sha256(int4send(octet_length(kind)) || convert_to(kind,
                'UTF8') || int4send(octet_length(id)) || convert_to(id, 'UTF8')) FOR 16) AS digest) d
        $$
        """;

    public const string Inbox = """
        INSERT INTO inbox (message_id, consumer_id, received_on)
        SELECT gen_random_uuid(), '979c5ef9-be34-81c1-83d7-8219e9dc9743', (now() AT TIME ZONE 'UTC')::date - (number % 8)::integer
            FROM generate_series($1::bigint, $2::bigint) number
        """;

    const string Basket = """
        {"issued": {"rules": {"base": {"step": 20.00, "miles": 1, "issuanceOfferCode": "STANDARD", "excludedCategories": []}, "bonuses": [], "version": "1"}, "basket": {"day": "2026-11-21", "lines": [{"sku": "SKU-1", "amount": 163.98, "lineId": "1", "category": "grocery", "quantity": 2}], "coupons": ["SAVE10"], "completedAt": "2026-11-21T15:04:05.123-05:00"}, "offers": [{"miles": 8, "issuanceOfferCode": "STANDARD"}]}, "context": {"channel": "web"}}
        """;

    /// <summary>The months back and the inbox's eight days; those from now on are there already.</summary>
    public static string Partitions(int months) =>
        $$"""
            DO $$
            DECLARE month date; day date;
            BEGIN
                FOR month IN SELECT generate_series(date_trunc('month', now()) - interval '{{months}} months', date_trunc('month', now()),
                    interval '1 month') LOOP
                    EXECUTE format('CREATE TABLE IF NOT EXISTS journal_%s PARTITION OF journal FOR VALUES FROM (%L) TO (%L)',
                        to_char(month, 'YYYYMM'), month, month + interval '1 month');
                END LOOP;
                FOR day IN SELECT generate_series((now() AT TIME ZONE 'UTC')::date - 7, (now() AT TIME ZONE 'UTC')::date,
                    interval '1 day') LOOP
                    EXECUTE format('CREATE TABLE IF NOT EXISTS inbox_%s PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)',
                        to_char(day, 'YYYYMMDD'), day, day + 1);
                END LOOP;
            END $$
            """;

    /// <summary>Nearly all issued; of ten thousand some earned nothing, were rejected, or are pending or suspended.</summary>
    public static string Orders(long orders, int months) =>
        $$"""
            INSERT INTO issuance (correlation_id, current_state, version, order_id, content_hash, collector_number, sponsor_code,
                location_code, device_id, completed_at, frozen_order,
                miles, reversed_miles, claims, revision, client_transaction_id, idempotency_key, request_body, transaction_id, requested_at,
                    updated_at, transaction_day, called_at)
            SELECT pg_temp.identity_of('order', id), CASE WHEN number % 100 = 0 THEN 'NotEarned' WHEN number % 500 = 1 THEN 'Rejected'
                WHEN number % 5000 = 2 THEN 'Pending'
                    WHEN number % 10000 = 3 THEN 'Suspended' ELSE 'Issued' END, 2, id,
                sha256(convert_to(id, 'UTF8')), collector, 'KENY', '0037', 'POS-7', at, '{{Basket.Trim()}}', 8, CASE
                    WHEN number % 5 = 4 THEN 4 ELSE 0 END,
                CASE WHEN number % 5 = 4 THEN jsonb_build_array(jsonb_build_object('miles', jsonb_build_array(jsonb_build_object('miles', 4,
                    'issuanceOfferCode', 'STANDARD')), 'number', 0, 'status', 'Granted',
                    'refund', jsonb_build_object('full', false, 'lines', jsonb_build_array(jsonb_build_object('lineId', '1', 'quantity',
                        1)), 'miles', '[]'::jsonb, 'refundId', 'PR-' || number))) ELSE '[]' END,
                1, 'I-' || id, gen_random_uuid(),
                convert_to('{"clientTransactionId":"I-' || id || '","collectorNumber":"' || collector || '","context":{"channel":"web"},"coupon":["SAVE10"],"deviceId":"POS-7","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8}],"sponsorCode":"KENY","transactionDateTime":"2026-11-24T10:19:40.259Z"}', 'UTF8'),
                gen_random_uuid()::text, at, at, (at AT TIME ZONE 'America/Toronto')::date, at
            FROM (SELECT number, 'P-' || number AS id, '8' || lpad((number % 3000000)::text, 10, '0') AS collector, {{At(
                orders,
                months
            )}} AS at FROM generate_series($1::bigint, $2::bigint) number) o
            """;

    /// <summary>One order in five.</summary>
    public static string Refunds(long orders, int months) =>
        $$"""
            INSERT INTO reversal (correlation_id, current_state, version, refund_id, order_id, content_hash, refunded_at, refund,
                refund_reason, offers, miles, collector_number, sponsor_code,
                original_client_transaction_id, revision, client_transaction_id, idempotency_key, request_body, transaction_id,
                    requested_at, updated_at, transaction_day, called_at)
            SELECT pg_temp.identity_of('refund', id), 'Reversed', 3, id, 'P-' || number, sha256(convert_to(id, 'UTF8')), at,
                jsonb_build_object('full', false, 'lines', jsonb_build_array(jsonb_build_object('lineId', '1', 'quantity', 1)), 'miles',
                    '[]'::jsonb, 'refundId', id), 'damaged',
                '[{"miles": 4, "issuanceOfferCode": "STANDARD"}]', 4, collector, 'KENY', 'I-P-' || number, 1, 'R-' || id, gen_random_uuid(),
                convert_to('{"clientTransactionId":"R-' || id || '","collectorNumber":"' || collector || '","deviceId":"POS-7","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":4}],"originalClientTransactionId":"I-P-' || number || '","sponsorCode":"KENY","transactionDateTime":"2026-11-24T10:19:40.984Z"}', 'UTF8'),
                gen_random_uuid()::text, at, at, (at AT TIME ZONE 'America/Toronto')::date, at
            FROM (SELECT number, 'PR-' || number AS id, '8' || lpad((number % 3000000)::text, 10, '0') AS collector, {{At(
                orders,
                months
            )}} AS at
                FROM generate_series($1::bigint * 5 - 1, $2::bigint * 5 - 1, 5) number WHERE number <= {{orders}}) r
            """;

    /// <summary>Of each order: it came, it was issued, and then what a refund leaves behind, or repetitions.</summary>
    public static string Journal(long orders, int months, long perOrder) =>
        $$"""
            INSERT INTO journal (at, order_id, refund_id, message_type, message_id, redelivered, from_state, to_state, notes, sent)
            SELECT at + step * interval '30 milliseconds', id, CASE WHEN refunded AND step IN (2, 4, 5) THEN 'PR-' || number END,
                CASE WHEN step = 0 THEN 'OrderCompleted' WHEN step = 1 THEN 'IssueConfirmed' WHEN NOT refunded THEN 'OrderCompleted'
                    WHEN step = 2 THEN 'OrderRefunded' WHEN step = 3 THEN 'ClaimReversal' WHEN step = 4 THEN 'ReversalGranted'
                        ELSE 'ReverseConfirmed' END,
                gen_random_uuid(), step > 1 AND NOT refunded,
                CASE WHEN step = 0 THEN '' WHEN step = 1 THEN 'Issuing' WHEN refunded AND step = 2 THEN '' WHEN refunded
                    AND step = 4 THEN 'AwaitingIssuance' WHEN refunded AND step > 4 THEN 'Reversing' ELSE 'Issued' END,
                CASE WHEN step = 0 THEN 'Issuing' WHEN refunded AND step = 2 THEN 'AwaitingIssuance' WHEN refunded
                    AND step = 4 THEN 'Reversing' WHEN refunded AND step > 4 THEN 'Reversed' ELSE 'Issued' END,
                CASE WHEN step = 1 OR refunded AND step = 5 THEN jsonb_build_array(jsonb_build_object('kind', 'call', 'operation', CASE step
                    WHEN 1 THEN 'post-event' ELSE 'reverse-event' END, 'idempotencyKey', gen_random_uuid(),
                        'attempts', jsonb_build_array(jsonb_build_object('status', 200, 'duration', '00:00:00.0420164', 'startedAt', at,
                            'response',
                            '{"clientTransactionId":"I-' || id || '","collectorNumber":"*******2028","coupon":["SAVE10"],"deviceId":"POS-7","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8,"status":"COMPLETED"}],"sponsorCode":"KENY","transactionDateTime":"2026-11-24T05:19:40.701-05:00","transactionId":"' || gen_random_uuid() || '"}'))))
                    WHEN refunded AND step = 3 THEN jsonb_build_array(jsonb_build_object('kind', 'Granted', 'miles', 4, 'refundId',
                        'PR-' || number))
                    WHEN step > 1 AND NOT refunded THEN '[{"kind": "duplicate", "message": "The same event again: ignored"}]' END,
                CASE WHEN step < 2 OR refunded THEN jsonb_build_array(jsonb_build_object('messageId', gen_random_uuid(), 'type',
                    CASE step WHEN 0 THEN 'IssueMiles' WHEN 1 THEN 'MilesIssued' WHEN 2 THEN 'ClaimReversal' WHEN 3 THEN 'ReversalGranted'
                        WHEN 4 THEN 'ReverseMiles' ELSE 'MilesReversed' END)) END
            FROM (SELECT number, 'P-' || number AS id, number % 5 = 4 AS refunded, {{At(
                orders,
                months
            )}} AS at FROM generate_series($1::bigint, $2::bigint) number) o, generate_series(0, {{perOrder - 1}}) step
            ORDER BY number, step
            """;

    /// <summary>Evenly from so many months ago until yesterday.</summary>
    static string At(long orders, int months) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"now() - interval '1 day' - ({orders} - number)::double precision / {orders} * interval '{months * 30 - 2} days'"
        );
}

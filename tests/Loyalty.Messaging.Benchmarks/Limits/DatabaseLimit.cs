using System.Diagnostics;
using Loyalty.Messaging.TestKit;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Benchmarks.Limits;

/// <summary>
/// What this PostgreSQL could do if nothing else were to be done: the writes and the two commits of one order, on a database like ours,
/// prepared, one round trip per transaction, nothing read and nothing locked, the outbox emptied in batches.
/// </summary>
internal static class DatabaseLimit
{
    const int Connections = 8;
    const int DeleteBatch = 64;

    const string InsertInbox = "INSERT INTO inbox (message_id, consumer_id, received_on) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

    const string InsertSaga = """
        INSERT INTO issuance (correlation_id, current_state, version, order_id, content_hash, collector_number, sponsor_code, location_code,
            device_id, completed_at, frozen_order,
            miles, reversed_miles, claims, revision, client_transaction_id, idempotency_key, request_body, requested_at,
                updated_at, transaction_day)
        VALUES ($1, 'Issuing', 1, $2, $3, '80085102028', 'KENY', '0037', 'POS-7', $4, $5, 8, 0, '[]', 1, $2, $1, $6, $4, $4, $7)
        """;

    const string UpdateSaga = """
        UPDATE issuance SET current_state = 'Issued', version = 2, transaction_id = $2, response_code = NULL, called_at = $3,
            updated_at = $3 WHERE correlation_id = $1
        """;

    const string InsertJournal = """
        INSERT INTO journal (at, order_id, message_type, message_id, redelivered, from_state, to_state, notes, sent)
        VALUES ($1, $2, 'OrderCompleted', $3, false, 'Initial', 'Issuing', NULL, $4)
        """;

    const string InsertOutbox = """
        INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at, scheduled)
        VALUES ($1, $2, $1, 'exchange:loyalty.issuer-00', 'application/vnd.masstransit+json',
            'urn:message:Loyalty.Messaging.Sagas.Issuance:IssueMiles', $3, $4, $5, $5, false)
        """;

    // As long as an order's of the load.
    static readonly string Frozen = Json(700);
    static readonly string Sent = Json(80);
    static readonly string Metadata = Json(300);
    static readonly byte[] Request = new byte[330];
    static readonly byte[] Body = new byte[900];
    static readonly byte[] Hash = new byte[32];

    /// <param name="migrate">Brings the schema into an empty database.</param>
    /// <returns>Orders per second.</returns>
    public static async Task<double> MeasureAsync(int warmUp, int orders, Func<TestDatabase, Task> migrate)
    {
        await using var database = await TestDatabase.CreateAsync();
        await migrate(database);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            MaxPoolSize = Connections,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await RunAsync(source, warmUp);
        var started = Stopwatch.GetTimestamp();
        await RunAsync(source, orders);
        return orders / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static Task RunAsync(NpgsqlDataSource source, int orders) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async connection =>
                {
                    await using var open = await source.OpenConnectionAsync();
                    var sent = new List<Guid>(DeleteBatch + 2);
                    for (var number = connection; number < orders; number += Connections)
                    {
                        var (saga, now) = (Guid.NewGuid(), TimeProvider.System.GetUtcNow());
                        await TransactAsync(
                            open,
                            saga,
                            now,
                            sent,
                            new NpgsqlBatchCommand(InsertSaga)
                            {
                                Parameters =
                                {
                                    Uuid(saga),
                                    Text(saga.ToString("N")),
                                    Bytes(Hash),
                                    Instant(now),
                                    Jsonb(Frozen),
                                    Bytes(Request),
                                    new NpgsqlParameter<DateOnly>
                                    {
                                        TypedValue = DateOnly.FromDateTime(now.UtcDateTime),
                                        NpgsqlDbType = NpgsqlDbType.Date,
                                    },
                                },
                            }
                        );
                        await TransactAsync(
                            open,
                            saga,
                            now,
                            sent,
                            new NpgsqlBatchCommand(UpdateSaga) { Parameters = { Uuid(saga), Text(saga.ToString()), Instant(now) } }
                        );
                        if (sent.Count >= DeleteBatch)
                            await DeleteAsync(open, sent);
                    }
                    await DeleteAsync(open, sent);
                })
        );

    static async Task TransactAsync(NpgsqlConnection connection, Guid saga, DateTimeOffset now, List<Guid> sent, NpgsqlBatchCommand write)
    {
        var (message, outgoing) = (Guid.NewGuid(), Guid.NewGuid());
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(InsertInbox)
            {
                Parameters =
                {
                    Uuid(message),
                    Uuid(saga),
                    new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(now.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Date },
                },
            }
        );
        batch.BatchCommands.Add(write);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(InsertJournal) { Parameters = { Instant(now), Text(saga.ToString("N")), Uuid(message), Jsonb(Sent) } }
        );
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(InsertOutbox) { Parameters = { Uuid(outgoing), Uuid(saga), Jsonb(Metadata), Bytes(Body), Instant(now) } }
        );
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync();
        sent.Add(outgoing);
    }

    static async Task DeleteAsync(NpgsqlConnection connection, List<Guid> sent)
    {
        await using var command = new NpgsqlCommand("DELETE FROM outbox WHERE id = ANY($1)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = [.. sent], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };
        await command.ExecuteNonQueryAsync();
        sent.Clear();
    }

    static string Json(int length) => $$"""{"text":"{{new string('x', length - 11)}}"}""";

    static NpgsqlParameter<Guid> Uuid(Guid value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    static NpgsqlParameter<string> Jsonb(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };

    static NpgsqlParameter<byte[]> Bytes(byte[] value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

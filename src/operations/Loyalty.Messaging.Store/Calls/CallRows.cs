using Loyalty.Messaging.Delivery.Database;
using Npgsql;

namespace Loyalty.Messaging.Store.Calls;

/// <summary>What a saga's row says of its call.</summary>
/// <param name="Waits">Whether the saga is in a state in which it waits for an answer.</param>
internal sealed record CallRow(Guid? IdempotencyKey, byte[]? Body, int Revision, bool Waits);

/// <summary>
/// Reads rows by their ids. While one statement is under way the others gather, and the next takes all of them: when calls come fast, it is
/// one for many.
/// </summary>
internal sealed class CallRows
{
    const int MostAtOnce = 128;

    readonly DeliveryDatabase _database;
    readonly string _sql;
    readonly Lock _lock = new();
    readonly List<Ask> _waiting = [];
    bool _reading;

    public CallRows(DeliveryDatabase database, string table, params string[] waiting)
    {
        _database = database;
        _sql = $"""
            SELECT correlation_id, idempotency_key, request_body, revision, current_state IN ('{string.Join("', '", waiting)}')
                FROM {table} WHERE correlation_id = ANY($1)
            """;
    }

    /// <returns>Null when there is no such row.</returns>
    public Task<CallRow?> ReadAsync(Guid id)
    {
        var ask = new Ask(id);
        lock (_lock)
        {
            _waiting.Add(ask);
            if (!_reading)
            {
                _reading = true;
                _ = Task.Run(ReadAllAsync);
            }
        }
        return ask.Task;
    }

    async Task ReadAllAsync()
    {
        while (Take() is { Count: > 0 } asks)
        {
            try
            {
                var rows = await ReadAsync([.. asks.Select(ask => ask.Id).Distinct()]);
                foreach (var ask in asks)
                    ask.SetResult(rows.GetValueOrDefault(ask.Id));
            }
            catch (Exception exception)
            {
                // Each decides for itself whether to ask again.
                foreach (var ask in asks)
                    ask.TrySetException(exception);
            }
        }
    }

    List<Ask> Take()
    {
        lock (_lock)
        {
            var taken = _waiting.Take(MostAtOnce).ToList();
            _waiting.RemoveRange(0, taken.Count);
            _reading = taken.Count > 0;
            return taken;
        }
    }

    async Task<Dictionary<Guid, CallRow>> ReadAsync(Guid[] ids)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_sql, connection) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids } } };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<Guid, CallRow>(ids.Length);
        while (await reader.ReadAsync())
            rows[reader.GetGuid(0)] = new CallRow(
                await reader.IsDBNullAsync(1) ? null : reader.GetGuid(1),
                await reader.IsDBNullAsync(2) ? null : reader.GetFieldValue<byte[]>(2),
                reader.GetInt32(3),
                reader.GetBoolean(4)
            );
        return rows;
    }

    sealed class Ask(Guid id) : TaskCompletionSource<CallRow?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Guid Id => id;
    }
}

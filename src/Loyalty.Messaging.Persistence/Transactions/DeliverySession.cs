using Loyalty.Messaging.Persistence.Inbox;
using Loyalty.Messaging.Persistence.Journal;
using Loyalty.Messaging.Persistence.Outbox;
using Loyalty.Messaging.Persistence.SagaRepository;
using MassTransit;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Transactions;

/// <summary>
/// One attempt at one delivery: one transaction in two round trips. The first says BEGIN, takes the delivery into the inbox and locks the saga's row;
/// the second writes the saga, the journal and the outgoing messages and says COMMIT. Between them only memory is touched.
/// </summary>
internal sealed class DeliverySession(DeliveryDatabase database, Guid messageId, Guid consumerId) : IAsyncDisposable
{
    readonly List<ISagaChange> _changes = new(1);
    NpgsqlConnection? _connection;
    bool _inTransaction;

    /// <summary>True when this consumer has dealt with this message before: nothing is to be done.</summary>
    public bool Duplicate { get; private set; }

    public bool Begun { get; private set; }

    /// <summary>For an endpoint that uses the repository without the outbox: every delivery counts as new.</summary>
    public bool WithoutInbox { get; init; }

    /// <summary>The instances that were locked by the first round trip.</summary>
    public IReadOnlyList<ISagaChange> Changes => _changes;

    public Task<bool> BeginAsync(CancellationToken cancellationToken) => BeginCoreAsync<ISaga>(null, null, cancellationToken);

    public Task<bool> BeginAsync<TSaga>(SagaTable<TSaga> table, Guid sagaId, CancellationToken cancellationToken) where TSaga : class, ISaga =>
        BeginCoreAsync(table, table.Select(sagaId), cancellationToken);

    public Task<bool> BeginAsync<TSaga>(SagaTable<TSaga> table, Guid[] sagaIds, CancellationToken cancellationToken) where TSaga : class, ISaga =>
        BeginCoreAsync(table, table.Select(sagaIds), cancellationToken);

    async Task<bool> BeginCoreAsync<TSaga>(SagaTable<TSaga>? table, NpgsqlBatchCommand? select, CancellationToken cancellationToken) where TSaga : class, ISaga
    {
        _connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(_connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        var inbox = WithoutInbox ? null : InboxTable.Take(messageId, consumerId, database.Time.GetUtcNow());
        if (inbox is not null)
            batch.BatchCommands.Add(inbox);
        if (select is not null)
            batch.BatchCommands.Add(select);
        Begun = _inTransaction = true;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (table is not null && await reader.ReadAsync(cancellationToken))
                _changes.Add(new SagaChange<TSaga>(table, table.Read(reader), isNew: false));
        }
        Duplicate = inbox is { RecordsAffected: 0 };
        return !Duplicate;
    }

    public SagaChange<TSaga> Add<TSaga>(SagaTable<TSaga> table, TSaga instance) where TSaga : class, ISaga
    {
        var change = new SagaChange<TSaga>(table, instance, isNew: true);
        _changes.Add(change);
        return change;
    }

    public async Task CommitAsync(DeliveryOutput output, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_connection);
        foreach (var change in _changes)
            if (change.Command() is { } command)
                batch.BatchCommands.Add(command);
        foreach (var change in _changes)
            if (change.Subject is { } subject)
                batch.BatchCommands.Add(JournalTable.Insert(change, subject, output, database.Time.GetUtcNow()));
        var stream = _changes.Count > 0 ? _changes[0].Id : messageId;
        foreach (var message in output.Messages)
        {
            message.Row.Stream = stream;
            batch.BatchCommands.Add(OutboxTable.Insert(message.Row));
        }
        if (output.Cancelled.Count > 0)
            batch.BatchCommands.Add(OutboxTable.Cancel(output.Cancelled));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        Points.Reach(Points.BeforeCommit, output.MessageId);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        _inTransaction = false;
        Points.Reach(Points.Committed, output.MessageId);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null)
            return;
        try
        {
            if (_inTransaction && _connection.FullState == System.Data.ConnectionState.Open)
            {
                await using var rollback = new NpgsqlCommand("ROLLBACK", _connection);
                await rollback.ExecuteNonQueryAsync();
            }
        }
        catch (Exception exception) when (Transient.Unavailable(exception) || exception is InvalidOperationException)
        {
            // The connection is broken: the server rolls back by itself.
        }
        await _connection.DisposeAsync();
    }
}

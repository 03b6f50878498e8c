using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.SagaRows;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// One database transaction for one delivery or several, in two round trips. The first says BEGIN, takes the messages into the inbox and
/// locks the sagas' rows;
/// then every member runs in memory; the second writes sagas, journal and outgoing messages of those that came through, and says COMMIT.
/// A member that fails takes nothing with it; an error of the database takes everything back.
/// </summary>
/// <param name="patience">How long the transaction waits for its members; null: for ever.</param>
internal sealed class DeliveryTransaction(
    DeliveryDatabase database,
    InboxTable inbox,
    JournalTable journal,
    ISagaTable? table,
    IReadOnlyList<DeliverySession> members,
    TimeSpan? patience
) : ISharedTransaction
{
    readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly HashSet<DeliverySession> _open = new(members.Count);
    readonly List<DeliverySession> _ready = new(members.Count);
    bool _closed;

    /// <summary>From BEGIN to COMMIT or ROLLBACK. Never throws: what goes wrong is told to the members.</summary>
    public async Task RunAsync()
    {
        NpgsqlConnection? connection = null;
        try
        {
            foreach (var member in members)
                member.Take(this);
            connection = await database.Source.OpenConnectionAsync(CancellationToken.None);
            await BeginAsync(connection);
            await WaitForMembersAsync();
            if (_ready.Count == 0)
                await RollBackAsync(connection);
            else
                await CommitAsync(connection);
            foreach (var member in _ready)
                member.End();
        }
        catch (Exception exception)
        {
            // Trying one by one shows whose fault it is; unless the database is away, which is nobody's fault.
            var told =
                members.Count == 1 || (DatabaseFault.IsAway(exception) && !DatabaseFault.IsOfStatement(exception))
                    ? exception
                    : new GroupBrokenException(exception);
            try
            {
                await RollBackAsync(connection);
            }
            finally
            {
                foreach (var member in members)
                    member.Fail(told);
            }
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }

    public bool Ready(DeliverySession member)
    {
        lock (_open)
        {
            if (_closed || !_open.Remove(member))
                return false;
            _ready.Add(member);
            if (_open.Count == 0)
                _decided.TrySetResult();
            return true;
        }
    }

    public void Leave(DeliverySession member)
    {
        lock (_open)
        {
            if (_open.Remove(member) && _open.Count == 0)
                _decided.TrySetResult();
        }
    }

    async Task BeginAsync(NpgsqlConnection connection)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        var withInbox = members.Where(member => !member.WithoutInbox).ToList();
        if (withInbox.Count > 0)
            batch.BatchCommands.Add(inbox.Take(Keys(withInbox)));
        Guid[] sagaIds = members.Count == 1 ? members[0].SagaIds : [.. members.SelectMany(member => member.SagaIds)];
        if (table is not null)
            batch.BatchCommands.Add(table.Select(sagaIds));
        var taken = new HashSet<Guid>();
        var rows = new Dictionary<Guid, ISagaChange>();
        await using (var reader = await batch.ExecuteReaderAsync(CancellationToken.None))
        {
            if (withInbox.Count > 0)
            {
                while (await reader.ReadAsync(CancellationToken.None))
                    taken.Add(reader.GetGuid(0));
                await reader.NextResultAsync(CancellationToken.None);
            }
            while (table is not null && await reader.ReadAsync(CancellationToken.None))
            {
                var row = table.Read(reader);
                rows.Add(row.Id, row);
            }
        }
        lock (_open)
        {
            foreach (var member in members)
                if (!member.Gone && (member.WithoutInbox || taken.Contains(member.MessageId)))
                    _open.Add(member);
            if (_open.Count == 0)
                _decided.TrySetResult();
        }
        foreach (var member in members)
        {
            if (member.WithoutInbox || taken.Contains(member.MessageId))
                member.Enter(rows);
            else
                member.Skip();
        }
    }

    async Task WaitForMembersAsync()
    {
        try
        {
            await (patience is { } limit ? _decided.Task.WaitAsync(limit, database.Time) : _decided.Task);
        }
        catch (TimeoutException)
        {
            // A late one goes again, alone: the others do not wait for it any longer.
        }
        lock (_open)
            _closed = true;
    }

    async Task CommitAsync(NpgsqlConnection connection)
    {
        var now = database.Time.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection);
        var failed = members.Where(member => !member.WithoutInbox && !member.Duplicate && !_ready.Contains(member)).ToList();
        if (failed.Count > 0)
            batch.BatchCommands.Add(InboxTable.GiveBack(Keys(failed)));
        var changes = _ready.Count == 1 ? _ready[0].Changes : [.. _ready.SelectMany(member => member.Changes)];
        foreach (var command in table?.Write(changes) ?? [])
            batch.BatchCommands.Add(command);
        var entries = JournalEntries.Of(_ready);
        if (entries.Count > 0)
            batch.BatchCommands.Add(journal.Insert(entries, now));
        var rows = new List<OutboxMessage>(_ready.Count);
        var cancelled = new List<Guid>();
        foreach (var member in _ready)
        {
            var stream = member.Changes.Count > 0 ? member.Changes[0].Id : member.MessageId;
            foreach (var message in member.Output.Messages)
            {
                message.Row.Stream = stream;
                rows.Add(message.Row);
            }
            cancelled.AddRange(member.Output.Cancelled);
        }
        if (rows.Count > 0)
            batch.BatchCommands.Add(OutboxTable.Insert(rows));
        if (cancelled.Count > 0)
            batch.BatchCommands.Add(OutboxTable.Cancel(cancelled));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        foreach (var member in _ready)
            Points.Reach(Points.BeforeCommit, member.MessageId);
        await using (var reader = await batch.ExecuteReaderAsync(CancellationToken.None))
        {
            // The outbox alone answers with rows. What comes after it, COMMIT included, has been carried out when there is no next result.
            while (rows.Count > 0 && await reader.ReadAsync(CancellationToken.None))
            {
                if (reader.GetBoolean(1))
                    rows.Find(row => row.Id == reader.GetGuid(0))!.LeftToSweeper = true;
            }
            while (await reader.NextResultAsync(CancellationToken.None)) { }
        }
        database.Gate.Worked();
        foreach (var member in _ready)
            Points.Reach(Points.Committed, member.MessageId);
    }

    static List<InboxKey> Keys(List<DeliverySession> deliveries) =>
        deliveries.ConvertAll(delivery => new InboxKey(delivery.MessageId, delivery.ConsumerId));

    static async Task RollBackAsync(NpgsqlConnection? connection)
    {
        try
        {
            if (connection?.FullState == System.Data.ConnectionState.Open)
            {
                await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
                await rollback.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (Exception exception) when (DatabaseFault.IsAway(exception) || exception is InvalidOperationException)
        {
            // The connection is broken: the server rolls back on its own.
        }
    }
}

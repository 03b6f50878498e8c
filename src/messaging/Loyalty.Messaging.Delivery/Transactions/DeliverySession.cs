using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.SagaRepository;
using MassTransit;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// One attempt at one delivery: its part of a <see cref="DeliveryTransaction"/>, which it has to itself or shares with others.
/// Between the transaction's two round trips only memory is touched.
/// </summary>
/// <param name="shared">Whether the transaction may be shared: for handlers that do nothing but change their saga and send.</param>
internal sealed class DeliverySession(DeliveryDatabase database, Guid messageId, Guid consumerId, bool shared = false) : IDisposable
{
    readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<ISagaChange> _changes = new(1);
    volatile DeliveryTransaction? _transaction;
    volatile bool _gone;

    public Guid MessageId => messageId;
    public Guid ConsumerId => consumerId;

    /// <summary>The saga rows it needs.</summary>
    public Guid[] SagaIds { get; private set; } = [];

    /// <summary>True when this consumer has dealt with this message before: nothing is to be done.</summary>
    public bool Duplicate { get; private set; }

    public bool Begun { get; private set; }

    /// <summary>For an endpoint that uses the repository without the outbox: every delivery counts as new.</summary>
    public bool WithoutInbox { get; init; }

    /// <summary>The instances that were locked by the first round trip, and those added since.</summary>
    public IReadOnlyList<ISagaChange> Changes => _changes;

    /// <summary>What it has to say and to send; null until it wants to commit.</summary>
    public DeliveryOutput? Output { get; private set; }

    /// <summary>The first round trip.</summary>
    /// <returns>False for a duplicate.</returns>
    public async Task<bool> BeginAsync(ISagaTable? table, Guid[] sagaIds, CancellationToken cancellationToken)
    {
        (Begun, SagaIds) = (true, sagaIds);
        if (shared && table is not null)
            database.GroupCommitOf(table).Enter(this);
        else
            _ = new DeliveryTransaction(database, table, [this], patience: null).RunAsync();
        await _entered.Task.WaitAsync(cancellationToken);
        return !Duplicate;
    }

    public SagaChange<TSaga> Add<TSaga>(SagaTable<TSaga> table, TSaga instance)
        where TSaga : class, ISaga
    {
        var change = new SagaChange<TSaga>(table, instance, isNew: true);
        _changes.Add(change);
        return change;
    }

    /// <summary>The second round trip; returns when everything is committed.</summary>
    /// <exception cref="GroupBrokenException">The transaction was shared and was not committed for this delivery, which may not be to blame
    /// for it.</exception>
    public Task CommitAsync(DeliveryOutput output)
    {
        Output = output;
        return _transaction!.Ready(this) ? _ended.Task : Task.FromException(new GroupBrokenException());
    }

    /// <summary>True when nobody waits for it any more.</summary>
    public bool Gone => _gone;

    /// <summary>The transaction takes it in.</summary>
    public void Take(DeliveryTransaction transaction) => _transaction = transaction;

    /// <summary>The transaction has taken the message into the inbox and locked these rows, its own among them.</summary>
    public void Enter(IReadOnlyDictionary<Guid, ISagaChange> rows)
    {
        foreach (var id in SagaIds)
            if (rows.TryGetValue(id, out var row))
                _changes.Add(row);
        _entered.TrySetResult();
    }

    public void Skip()
    {
        Duplicate = true;
        _entered.TrySetResult();
    }

    public void End() => _ended.TrySetResult();

    public void Fail(Exception exception)
    {
        if (!_entered.TrySetException(exception))
            _ended.TrySetException(exception);
    }

    /// <summary>Without a commit before, nothing of it is kept.</summary>
    public void Dispose()
    {
        _gone = true;
        _transaction?.Leave(this);
    }
}

/// <summary>
/// A transaction that several deliveries share was taken back, or went on without this one; it is to be tried again alone.
/// </summary>
internal sealed class GroupBrokenException(Exception? inner = null)
    : Exception("The shared transaction was not committed for this delivery", inner);

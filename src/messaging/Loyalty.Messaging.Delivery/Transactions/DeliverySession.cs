using Loyalty.Messaging.Delivery.SagaRows;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// One attempt at one delivery: its part of a transaction, which it has to itself or shares with others.
/// Between the transaction's two round trips only memory is touched.
/// </summary>
/// <param name="output">What it has to say and to send, when it commits.</param>
/// <param name="shared">Whether the transaction may be shared: for handlers that do nothing but change their saga and send.</param>
internal sealed class DeliverySession(DeliveryOutput output, Guid consumerId, bool shared = false) : IDisposable
{
    readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<ISagaChange> _changes = new(1);
    volatile ISharedTransaction? _transaction;
    volatile bool _gone;

    public Guid MessageId => output.MessageId;
    public Guid ConsumerId => consumerId;
    public bool Shared => shared;
    public DeliveryOutput Output => output;

    /// <summary>The saga rows it needs.</summary>
    public Guid[] SagaIds { get; set; } = [];

    /// <summary>True when this consumer has dealt with this message before: nothing is to be done.</summary>
    public bool Duplicate { get; private set; }

    /// <summary>True when all of it is committed.</summary>
    public bool Committed { get; private set; }

    /// <summary>For an endpoint that uses the repository without the outbox: every delivery counts as new.</summary>
    public bool WithoutInbox { get; init; }

    /// <summary>The instances that were locked by the first round trip, and those added since.</summary>
    public IReadOnlyList<ISagaChange> Changes => _changes;

    /// <summary>True when nobody waits for it any more.</summary>
    public bool Gone => _gone;

    public void Add(ISagaChange change) => _changes.Add(change);

    /// <summary>Ends with the first round trip.</summary>
    /// <returns>False for a duplicate.</returns>
    public async Task<bool> EnteredAsync(CancellationToken cancellationToken)
    {
        await _entered.Task.WaitAsync(cancellationToken);
        return !Duplicate;
    }

    /// <summary>The second round trip; returns when everything is committed.</summary>
    /// <exception cref="GroupBrokenException">The transaction was shared and was not committed for this delivery, which may not be to blame
    /// for it.</exception>
    /// <exception cref="OperationCanceledException">It is not known whether it is committed; the message comes again, and the inbox
    /// knows.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        output.Closed = true;
        if (!_transaction!.Ready(this))
            throw new GroupBrokenException();
        await _ended.Task.WaitAsync(cancellationToken);
        Committed = true;
    }

    /// <summary>The transaction takes it in.</summary>
    public void Take(ISharedTransaction transaction) => _transaction = transaction;

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

/// <summary>What a session has a part in.</summary>
internal interface ISharedTransaction
{
    /// <summary>A member wants to commit.</summary>
    /// <returns>False when the transaction has gone on without it.</returns>
    bool Ready(DeliverySession member);

    /// <summary>A member is done without a commit; after <see cref="Ready"/> it changes nothing.</summary>
    void Leave(DeliverySession member);
}

/// <summary>
/// A transaction that several deliveries share was taken back, or went on without this one; it is to be tried again alone.
/// </summary>
internal sealed class GroupBrokenException(Exception? inner = null)
    : Exception("The shared transaction was not committed for this delivery", inner);

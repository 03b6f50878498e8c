using MassTransit;
using Npgsql;

namespace Loyalty.Messaging.Persistence.SagaRepository;

/// <summary>A saga instance in a delivery and what is to become of its row.</summary>
internal interface ISagaChange
{
    Guid Id { get; }

    /// <summary>State before the delivery; empty for a new instance.</summary>
    string StateBefore { get; }

    /// <summary>What the journal files it under; null when it is not journalled or was left alone.</summary>
    JournalSubject? Subject { get; }

    /// <summary>The statement that writes it; null when there is nothing to write.</summary>
    NpgsqlBatchCommand? Command();
}

/// <inheritdoc cref="ISagaChange"/>
internal sealed class SagaChange<TSaga> : ISagaChange where TSaga : class, ISaga
{
    readonly SagaTable<TSaga> _table;
    readonly bool _isNew;
    Write _write;

    public SagaChange(SagaTable<TSaga> table, TSaga instance, bool isNew)
    {
        (_table, Instance, _isNew) = (table, instance, isNew);
        StateBefore = isNew ? "" : table.Subject?.Invoke(instance).State ?? "";
        _write = Write.None;
    }

    enum Write { None, Store, Delete }

    public TSaga Instance { get; }
    public Guid Id => Instance.CorrelationId;
    public string StateBefore { get; }
    public JournalSubject? Subject => _write == Write.None ? null : _table.Subject?.Invoke(Instance);

    public void Store() => _write = Write.Store;

    public void Delete() => _write = Write.Delete;

    /// <summary>Undone, or added and completed in one delivery: no row.</summary>
    public void Leave() => _write = Write.None;

    public NpgsqlBatchCommand? Command()
    {
        switch (_write)
        {
            case Write.Delete when !_isNew:
                return _table.Delete(Instance);
            case Write.Store:
                if (Instance is ISagaVersion versioned)
                    versioned.Version++;
                return _isNew ? _table.Insert(Instance) : _table.Update(Instance);
            default:
                return null;
        }
    }
}

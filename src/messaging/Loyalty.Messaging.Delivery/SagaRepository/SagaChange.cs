using Loyalty.Messaging.Delivery.Journal;
using MassTransit;

namespace Loyalty.Messaging.Delivery.SagaRepository;

/// <summary>A saga instance in a delivery and what is to become of its row.</summary>
internal interface ISagaChange
{
    Guid Id { get; }

    /// <summary>State before the delivery; empty for a new instance.</summary>
    string StateBefore { get; }

    /// <summary>What the journal files it under; null when it is not journalled or was left alone.</summary>
    JournalSubject? Subject { get; }

    /// <summary>What is to become of the row.</summary>
    Write Write { get; }
}

internal enum Write
{
    /// <summary>Undone, left alone, or added and completed in one delivery.</summary>
    None,
    Insert,
    Update,
    Delete,
}

/// <inheritdoc cref="ISagaChange"/>
internal sealed class SagaChange<TSaga> : ISagaChange
    where TSaga : class, ISaga
{
    readonly SagaTable<TSaga> _table;
    readonly bool _isNew;

    public SagaChange(SagaTable<TSaga> table, TSaga instance, bool isNew)
    {
        (_table, Instance, _isNew) = (table, instance, isNew);
        Before = isNew ? null : table.Frozen(instance);
        StateBefore = isNew ? "" : table.Subject?.Invoke(instance).State ?? "";
    }

    public TSaga Instance { get; }

    /// <summary>What was in its frozen columns; null for a new instance.</summary>
    public object?[]? Before { get; }
    public Guid Id => Instance.CorrelationId;
    public string StateBefore { get; }
    public Write Write { get; private set; }
    public JournalSubject? Subject => Write == Write.None ? null : _table.Subject?.Invoke(Instance);

    public void Store() => Write = _isNew ? Write.Insert : Write.Update;

    public void Delete() => Write = _isNew ? Write.None : Write.Delete;

    public void Leave() => Write = Write.None;
}

using Loyalty.Messaging.Delivery.Journal;
using MassTransit;

namespace Loyalty.Messaging.Delivery.SagaRows;

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
    readonly Func<TSaga, JournalSubject>? _subject;

    /// <param name="before">What is in its frozen columns; null for a new instance.</param>
    /// <param name="subject">What the journal files it under; null: no journal.</param>
    public SagaChange(TSaga instance, object?[]? before, Func<TSaga, JournalSubject>? subject)
    {
        (Instance, Before, _subject) = (instance, before, subject);
        StateBefore = before is null ? "" : subject?.Invoke(instance).State ?? "";
    }

    public TSaga Instance { get; }

    /// <summary>What was in its frozen columns; null for a new instance.</summary>
    public object?[]? Before { get; }
    public Guid Id => Instance.CorrelationId;
    public string StateBefore { get; }
    public Write Write { get; private set; }
    public JournalSubject? Subject => Write == Write.None ? null : _subject?.Invoke(Instance);

    public void Store() => Write = Before is null ? Write.Insert : Write.Update;

    public void Delete() => Write = Before is null ? Write.None : Write.Delete;

    public void Leave() => Write = Write.None;
}

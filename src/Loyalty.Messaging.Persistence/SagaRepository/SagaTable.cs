using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.SagaRepository;

/// <inheritdoc cref="SagaTable{TSaga}"/>
internal interface ISagaTable
{
    /// <summary>Locks the rows with these ids, always in the same order: two transactions that need the same rows wait for each other and do not lock each other out.</summary>
    NpgsqlBatchCommand Select(Guid[] ids);

    ISagaChange Read(NpgsqlDataReader reader);

    /// <summary>At most one statement for all new rows, one for the changed, one for the deleted. Versions rise here.</summary>
    IEnumerable<NpgsqlBatchCommand> Write(IReadOnlyList<ISagaChange> changes);
}

/// <summary>The statements of one mapped saga, written once from the model: what the model does not say is not here.</summary>
internal sealed class SagaTable<TSaga> : ISagaTable where TSaga : class, ISaga
{
    readonly SagaColumn<TSaga>[] _columns;
    readonly string _select, _insert, _update, _delete;
    readonly Func<TSaga> _create;

    public SagaTable(IModel model, Func<TSaga, JournalSubject>? subject)
    {
        var entity = model.FindEntityType(typeof(TSaga))
            ?? throw new InvalidOperationException($"{typeof(TSaga).Name} is not mapped in the DbContext of its repository");
        var key = entity.FindPrimaryKey()?.Properties;
        if (key is not [{ Name: nameof(ISaga.CorrelationId) }])
            throw new InvalidOperationException($"The primary key of {typeof(TSaga).Name} must be CorrelationId alone");
        _columns = [.. entity.GetProperties().Where(property => property.PropertyInfo is not null).OrderBy(property => !property.IsPrimaryKey()).Select(SagaColumn<TSaga>.Of)];
        var table = Quoted(entity.GetTableName()!, entity.GetSchema());
        var names = string.Join(", ", _columns.Select(column => Quoted(column.Name)));
        var id = Quoted(_columns[0].Name);
        var values = string.Join(", ", _columns.Select((column, index) => $"unnest(${index + 1}) AS {Quoted(column.Name)}"));
        // Row by row in the order of the ids. With ORDER BY the planner may walk the whole index for the sake of its order.
        _select = $"SELECT {names} FROM (SELECT unnest($1) AS wanted_id) AS wanted JOIN {table} AS saga ON saga.{id} = wanted_id FOR UPDATE OF saga";
        _insert = $"INSERT INTO {table} ({names}) SELECT {values}";
        _update = $"UPDATE {table} AS saga SET {string.Join(", ", _columns.Skip(1).Select(column => $"{Quoted(column.Name)} = changed.{Quoted(column.Name)}"))} "
            + $"FROM (SELECT {values}) AS changed WHERE saga.{id} = changed.{id}";
        _delete = $"DELETE FROM {table} WHERE {id} = ANY($1)";
        _create = System.Linq.Expressions.Expression.Lambda<Func<TSaga>>(System.Linq.Expressions.Expression.New(typeof(TSaga))).Compile();
        Subject = subject;
    }

    /// <summary>What the journal files this saga under; null: no journal.</summary>
    public Func<TSaga, JournalSubject>? Subject { get; }

    public NpgsqlBatchCommand Select(Guid[] ids) => new(_select) { Parameters = { Ids([.. ids.Order().Distinct()]) } };

    ISagaChange ISagaTable.Read(NpgsqlDataReader reader) => new SagaChange<TSaga>(this, Read(reader), isNew: false);

    public TSaga Read(NpgsqlDataReader reader)
    {
        var saga = _create();
        for (var ordinal = 0; ordinal < _columns.Length; ordinal++)
            _columns[ordinal].Read(saga, reader, ordinal);
        return saga;
    }

    public IEnumerable<NpgsqlBatchCommand> Write(IReadOnlyList<ISagaChange> changes)
    {
        if (Instances(changes, SagaRepository.Write.Insert) is { Count: > 0 } added)
            yield return WithColumns(_insert, added);
        if (Instances(changes, SagaRepository.Write.Update) is { Count: > 0 } changed)
            yield return WithColumns(_update, changed);
        if (Instances(changes, SagaRepository.Write.Delete) is { Count: > 0 } deleted)
            yield return new NpgsqlBatchCommand(_delete) { Parameters = { Ids([.. deleted.Select(saga => saga.CorrelationId)]) } };
    }

    /// <summary>Sorted by id: two transactions that make the same new rows wait for each other and do not lock each other out.</summary>
    static List<TSaga> Instances(IReadOnlyList<ISagaChange> changes, Write write)
    {
        var instances = new List<TSaga>(changes.Count);
        foreach (var change in changes)
            if (change.Write == write)
                instances.Add(((SagaChange<TSaga>)change).Instance);
        instances.Sort((left, right) => left.CorrelationId.CompareTo(right.CorrelationId));
        return instances;
    }

    NpgsqlBatchCommand WithColumns(string sql, List<TSaga> sagas)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var saga in sagas)
            if (saga is ISagaVersion versioned)
                versioned.Version++;
        foreach (var column in _columns)
            command.Parameters.Add(column.Parameter(sagas));
        return command;
    }

    static NpgsqlParameter<Guid[]> Ids(Guid[] ids) => new() { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    static string Quoted(string name, string? schema = null) => (schema is null ? "" : $"\"{schema}\".") + $"\"{name}\"";
}

/// <summary>Under which names a delivery is found in the journal.</summary>
/// <param name="OrderId">The order it belongs to.</param>
/// <param name="RefundId">The refund, when it belongs to one.</param>
/// <param name="State">The saga's state at this moment.</param>
public readonly record struct JournalSubject(string OrderId, string? RefundId, string State);

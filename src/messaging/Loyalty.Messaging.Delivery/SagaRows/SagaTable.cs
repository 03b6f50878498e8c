using Loyalty.Messaging.Delivery.Journal;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Delivery.SagaRows;

/// <inheritdoc cref="SagaTable{TSaga}"/>
internal interface ISagaTable
{
    /// <summary>
    /// Locks the rows with these ids, always in the same order: two transactions that need the same rows wait for each other and do not
    /// lock each other out.
    /// </summary>
    NpgsqlBatchCommand Select(Guid[] ids);

    ISagaChange Read(NpgsqlDataReader reader);

    /// <summary>At most one statement for all new rows, one for the changed, one for the deleted. Versions rise here.</summary>
    IEnumerable<NpgsqlBatchCommand> Write(IReadOnlyList<ISagaChange> changes);
}

/// <summary>The statements of one mapped saga, written once from the model: what the model does not say is not here.</summary>
internal sealed class SagaTable<TSaga> : ISagaTable
    where TSaga : class, ISaga
{
    readonly SagaColumn<TSaga>[] _columns;
    readonly Func<TSaga, object?>[] _frozen;
    readonly string _select,
        _insert,
        _update,
        _delete;
    readonly Func<TSaga> _create;
    readonly Func<TSaga, JournalSubject>? _subject;

    /// <param name="subject">What the journal files this saga under; null: no journal.</param>
    public SagaTable(IModel model, Func<TSaga, JournalSubject>? subject)
    {
        var entity =
            model.FindEntityType(typeof(TSaga))
            ?? throw new InvalidOperationException($"{typeof(TSaga).Name} is not mapped in the DbContext of its repository");
        var key = entity.FindPrimaryKey()?.Properties;
        if (key is not [{ Name: nameof(ISaga.CorrelationId) }])
            throw new InvalidOperationException($"The primary key of {typeof(TSaga).Name} must be CorrelationId alone");
        _columns =
        [
            .. entity
                .GetProperties()
                .Where(property => property.PropertyInfo is not null)
                .OrderBy(property => !property.IsPrimaryKey())
                .Select(SagaColumn<TSaga>.Of),
        ];
        _frozen = [.. _columns.Select(column => column.Frozen).OfType<Func<TSaga, object?>>()];
        var table = Quoted(entity.GetTableName()!, entity.GetSchema());
        var names = string.Join(", ", _columns.Select(column => Quoted(column.Name)));
        var id = Quoted(_columns[0].Name);
        var values = string.Join(", ", _columns.Select((column, index) => $"unnest(${index + 1}) AS {Quoted(column.Name)}"));
        // Row by row in the order of the ids. With ORDER BY the planner may walk the whole index for the sake of its order.
        _select = $"""
            SELECT {names} FROM (SELECT unnest($1) AS wanted_id) AS wanted JOIN {table} AS saga ON saga.{id} = wanted_id
                FOR UPDATE OF saga
            """;
        _insert = $"INSERT INTO {table} ({names}) SELECT {values}";
        // A large value that stands where it stood is neither sent nor written: the new version of the row points to the same place.
        _update = $"""
            UPDATE {table} AS saga SET {string.Join(", ", _columns.Skip(1).Select(column => $"{Quoted(column.Name)} = {New(column)}"))}
                FROM (SELECT {values}) AS changed WHERE saga.{id} = changed.{id}
            """;
        _delete = $"DELETE FROM {table} WHERE {id} = ANY($1)";
        _create = System.Linq.Expressions.Expression.Lambda<Func<TSaga>>(System.Linq.Expressions.Expression.New(typeof(TSaga))).Compile();
        _subject = subject;
    }

    public NpgsqlBatchCommand Select(Guid[] ids) => new(_select) { Parameters = { Ids([.. ids.Order().Distinct()]) } };

    ISagaChange ISagaTable.Read(NpgsqlDataReader reader) => Found(Read(reader));

    /// <summary>A change of an instance that has no row yet.</summary>
    public SagaChange<TSaga> Added(TSaga saga) => new(saga, before: null, _subject);

    /// <summary>A change of an instance as its row has it.</summary>
    public SagaChange<TSaga> Found(TSaga saga) => new(saga, Frozen(saga), _subject);

    public TSaga Read(NpgsqlDataReader reader)
    {
        var saga = _create();
        for (var ordinal = 0; ordinal < _columns.Length; ordinal++)
            _columns[ordinal].Read(saga, reader, ordinal);
        return saga;
    }

    /// <summary>What is in the columns that are written only when there is another object in them.</summary>
    object?[] Frozen(TSaga saga) => _frozen.Length == 0 ? [] : Array.ConvertAll(_frozen, value => value(saga));

    public IEnumerable<NpgsqlBatchCommand> Write(IReadOnlyList<ISagaChange> changes)
    {
        if (Of(changes, SagaRows.Write.Insert) is { Count: > 0 } added)
            yield return WithColumns(_insert, added);
        if (Of(changes, SagaRows.Write.Update) is { Count: > 0 } changed)
            yield return WithColumns(_update, changed);
        if (Of(changes, SagaRows.Write.Delete) is { Count: > 0 } deleted)
            yield return new NpgsqlBatchCommand(_delete) { Parameters = { Ids([.. deleted.Select(change => change.Id)]) } };
    }

    /// <summary>Sorted by id: two transactions that make the same new rows wait for each other and do not lock each other out.</summary>
    static List<SagaChange<TSaga>> Of(IReadOnlyList<ISagaChange> changes, Write write)
    {
        var wanted = new List<SagaChange<TSaga>>(changes.Count);
        foreach (var change in changes)
            if (change.Write == write)
                wanted.Add((SagaChange<TSaga>)change);
        wanted.Sort((left, right) => left.Id.CompareTo(right.Id));
        return wanted;
    }

    NpgsqlBatchCommand WithColumns(string sql, List<SagaChange<TSaga>> changes)
    {
        var command = new NpgsqlBatchCommand(sql);
        var sagas = changes.ConvertAll<TSaga?>(change => change.Instance);
        foreach (var saga in sagas)
            if (saga is ISagaVersion versioned)
                versioned.Version++;
        var frozen = 0;
        foreach (var column in _columns)
            command.Parameters.Add(column.Parameter(column.Frozen is { } value ? Replaced(changes, value, frozen++) : sagas));
        return command;
    }

    static List<TSaga?> Replaced(List<SagaChange<TSaga>> changes, Func<TSaga, object?> value, int frozen) =>
        changes.ConvertAll<TSaga?>(change =>
            change.Before is { } before && ReferenceEquals(before[frozen], value(change.Instance)) ? null : change.Instance
        );

    static string New(SagaColumn<TSaga> column) =>
        column.Frozen is null ? $"changed.{Quoted(column.Name)}" : $"coalesce(changed.{Quoted(column.Name)}, saga.{Quoted(column.Name)})";

    static NpgsqlParameter<Guid[]> Ids(Guid[] ids) => new() { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    static string Quoted(string name, string? schema = null) => (schema is null ? "" : $"\"{schema}\".") + $"\"{name}\"";
}

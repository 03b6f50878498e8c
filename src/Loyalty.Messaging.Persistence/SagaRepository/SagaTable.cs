using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Persistence.SagaRepository;

/// <summary>The statements of one mapped saga, written once from the model: what the model does not say is not here.</summary>
internal sealed class SagaTable<TSaga> where TSaga : class, ISaga
{
    readonly SagaColumn<TSaga>[] _columns;
    readonly string _selectOne, _selectMany, _insert, _update, _delete;
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
        _selectOne = $"SELECT {names} FROM {table} WHERE {id} = $1 FOR UPDATE";
        _selectMany = $"SELECT {names} FROM {table} WHERE {id} = ANY($1) ORDER BY {id} FOR UPDATE";
        _insert = $"INSERT INTO {table} ({names}) VALUES ({string.Join(", ", _columns.Select((_, index) => $"${index + 1}"))})";
        _update = $"UPDATE {table} SET {string.Join(", ", _columns.Skip(1).Select((column, index) => $"{Quoted(column.Name)} = ${index + 2}"))} WHERE {id} = $1";
        _delete = $"DELETE FROM {table} WHERE {id} = $1";
        _create = System.Linq.Expressions.Expression.Lambda<Func<TSaga>>(System.Linq.Expressions.Expression.New(typeof(TSaga))).Compile();
        Subject = subject;
    }

    /// <summary>What the journal files this saga under; null: no journal.</summary>
    public Func<TSaga, JournalSubject>? Subject { get; }

    public NpgsqlBatchCommand Select(Guid id) => new(_selectOne) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id, NpgsqlDbType = NpgsqlDbType.Uuid } } };

    public NpgsqlBatchCommand Select(Guid[] ids) => new(_selectMany) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } };

    public NpgsqlBatchCommand Insert(TSaga saga) => WithColumns(_insert, saga);

    public NpgsqlBatchCommand Update(TSaga saga) => WithColumns(_update, saga);

    public NpgsqlBatchCommand Delete(TSaga saga) => new(_delete) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = saga.CorrelationId, NpgsqlDbType = NpgsqlDbType.Uuid } } };

    public TSaga Read(NpgsqlDataReader reader)
    {
        var saga = _create();
        for (var ordinal = 0; ordinal < _columns.Length; ordinal++)
            _columns[ordinal].Read(saga, reader, ordinal);
        return saga;
    }

    NpgsqlBatchCommand WithColumns(string sql, TSaga saga)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in _columns)
            command.Parameters.Add(column.Parameter(saga));
        return command;
    }

    static string Quoted(string name, string? schema = null) => (schema is null ? "" : $"\"{schema}\".") + $"\"{name}\"";
}

/// <summary>Under which names a delivery is found in the journal.</summary>
/// <param name="OrderId">The order it belongs to.</param>
/// <param name="RefundId">The refund, when it belongs to one.</param>
/// <param name="State">The saga's state at this moment.</param>
public readonly record struct JournalSubject(string OrderId, string? RefundId, string State);

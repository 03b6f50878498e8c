using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Loyalty.Messaging.Persistence.SagaRepository;

/// <summary>One mapped property: how to write it as a parameter and read it from a row, compiled once from the model with its converter.</summary>
internal sealed class SagaColumn<TSaga>
{
    public required string Name { get; init; }
    public required bool IsKey { get; init; }
    public required Func<TSaga, NpgsqlParameter> Parameter { get; init; }

    /// <summary>Sets the property from the column at this ordinal.</summary>
    public required Action<TSaga, NpgsqlDataReader, int> Read { get; init; }

    public static SagaColumn<TSaga> Of(IProperty property)
    {
        var mapping = property.GetRelationalTypeMapping();
        var converter = mapping.Converter;
        var saga = Expression.Parameter(typeof(TSaga));
        var member = Expression.Property(saga, property.PropertyInfo!);
        var storeType = mapping.StoreType;
        return new SagaColumn<TSaga>
        {
            Name = property.GetColumnName(),
            IsKey = property.IsPrimaryKey(),
            Parameter = Writer(saga, member, converter?.ConvertToProviderExpression, storeType),
            Read = Reader(saga, member, converter?.ConvertFromProviderExpression, converter?.ProviderClrType ?? property.ClrType),
        };
    }

    static Func<TSaga, NpgsqlParameter> Writer(ParameterExpression saga, MemberExpression member, LambdaExpression? toProvider, string storeType)
    {
        Expression value = member;
        if (toProvider is not null)
        {
            var converted = Expression.Invoke(toProvider, Unlift(member, toProvider.Parameters[0].Type));
            value = CanBeNull(member.Type)
                ? Expression.Condition(Expression.Equal(member, Expression.Constant(null, member.Type)),
                    Expression.Constant(null, typeof(object)), Expression.Convert(converted, typeof(object)))
                : converted;
        }
        if (CanBeNull(value.Type))
        {
            var read = Expression.Lambda<Func<TSaga, object?>>(Expression.Convert(value, typeof(object)), saga).Compile();
            return instance => new NpgsqlParameter { Value = ForWire(read(instance)), DataTypeName = storeType };
        }
        return (Func<TSaga, NpgsqlParameter>)typeof(SagaColumn<TSaga>).GetMethod(nameof(Typed), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(value.Type).Invoke(null, [Expression.Lambda(value, saga), storeType])!;
    }

    static Func<TSaga, NpgsqlParameter> Typed<T>(LambdaExpression read, string storeType)
    {
        if (typeof(T) == typeof(DateTimeOffset))
        {
            var instant = ((Expression<Func<TSaga, DateTimeOffset>>)read).Compile();
            return saga => new NpgsqlParameter<DateTimeOffset> { TypedValue = instant(saga).ToUniversalTime(), DataTypeName = storeType };
        }
        var value = ((Expression<Func<TSaga, T>>)read).Compile();
        return saga => new NpgsqlParameter<T> { TypedValue = value(saga), DataTypeName = storeType };
    }

    static Action<TSaga, NpgsqlDataReader, int> Reader(ParameterExpression saga, MemberExpression member, LambdaExpression? fromProvider, Type provider)
    {
        var reader = Expression.Parameter(typeof(NpgsqlDataReader));
        var ordinal = Expression.Parameter(typeof(int));
        var stored = Nullable.GetUnderlyingType(provider) ?? provider;
        Expression value = Expression.Call(reader, nameof(NpgsqlDataReader.GetFieldValue), [stored], ordinal);
        if (fromProvider is not null)
            value = Expression.Invoke(fromProvider, Unlift(value, fromProvider.Parameters[0].Type));
        var assign = Expression.Assign(member, Unlift(value, member.Type));
        Expression body = CanBeNull(member.Type)
            ? Expression.IfThenElse(Expression.Call(reader, nameof(NpgsqlDataReader.IsDBNull), [], ordinal), Expression.Assign(member, Expression.Default(member.Type)), assign)
            : assign;
        return Expression.Lambda<Action<TSaga, NpgsqlDataReader, int>>(body, saga, reader, ordinal).Compile();
    }

    static Expression Unlift(Expression value, Type wanted) => value.Type == wanted ? value : Expression.Convert(value, wanted);

    static bool CanBeNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    static object ForWire(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset instant => instant.ToUniversalTime(),
        _ => value,
    };
}

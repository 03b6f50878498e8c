using System.Linq.Expressions;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Maps;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Loyalty.Messaging.Delivery.SagaRows;

/// <summary>
/// One mapped property: how to write it as part of a parameter and read it from a row, compiled once from the model with its converter.
/// </summary>
internal sealed class SagaColumn<TSaga>
    where TSaga : class
{
    public required string Name { get; init; }
    public required bool IsKey { get; init; }

    /// <summary>The values of these sagas as one parameter, an array of the column's type; null where there is no saga.</summary>
    public required Func<IReadOnlyList<TSaga?>, NpgsqlParameter> Parameter { get; init; }

    /// <summary>The object in the property, of a column that is written only when there is another; null for any other column.</summary>
    public required Func<TSaga, object?>? Frozen { get; init; }

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
            Frozen = property.FindAnnotation(Mapping.Frozen) is null
                ? null
                : Expression.Lambda<Func<TSaga, object?>>(member, saga).Compile(),
            Read = Reader(saga, member, converter?.ConvertFromProviderExpression, converter?.ProviderClrType ?? property.ClrType),
        };
    }

    static Func<IReadOnlyList<TSaga?>, NpgsqlParameter> Writer(
        ParameterExpression saga,
        MemberExpression member,
        LambdaExpression? toProvider,
        string storeType
    )
    {
        Expression value = member;
        if (toProvider is not null)
        {
            value = Expression.Invoke(toProvider, Unlift(member, toProvider.Parameters[0].Type));
            if (CanBeNull(member.Type))
            {
                value = Unlift(value, Nullable(value.Type));
                value = Expression.Condition(
                    Expression.Equal(member, Expression.Constant(null, member.Type)),
                    Expression.Constant(null, value.Type),
                    value
                );
            }
        }
        return (Func<IReadOnlyList<TSaga?>, NpgsqlParameter>)
            typeof(SagaColumn<TSaga>)
                .GetMethod(nameof(ArrayOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
                .MakeGenericMethod(value.Type)
                .Invoke(null, [Expression.Lambda(AtUtc(value), saga), $"{storeType}[]"])!;
    }

    static Func<IReadOnlyList<TSaga?>, NpgsqlParameter> ArrayOf<T>(LambdaExpression read, string arrayType)
    {
        var value = ((Expression<Func<TSaga, T>>)read).Compile();
        return sagas => new NpgsqlParameter<T[]>
        {
            TypedValue = Column.Values(sagas, saga => saga is null ? default! : value(saga)),
            DataTypeName = arrayType,
        };
    }

    /// <summary>The database keeps instants, not offsets.</summary>
    static Expression AtUtc(Expression value)
    {
        if (value.Type == typeof(DateTimeOffset))
            return Expression.Call(value, nameof(DateTimeOffset.ToUniversalTime), []);
        if (value.Type != typeof(DateTimeOffset?))
            return value;
        var known = Expression.Convert(
            Expression.Call(Expression.Property(value, nameof(Nullable<>.Value)), nameof(DateTimeOffset.ToUniversalTime), []),
            value.Type
        );
        return Expression.Condition(Expression.Property(value, nameof(Nullable<>.HasValue)), known, Expression.Constant(null, value.Type));
    }

    static Action<TSaga, NpgsqlDataReader, int> Reader(
        ParameterExpression saga,
        MemberExpression member,
        LambdaExpression? fromProvider,
        Type provider
    )
    {
        var reader = Expression.Parameter(typeof(NpgsqlDataReader));
        var ordinal = Expression.Parameter(typeof(int));
        var stored = System.Nullable.GetUnderlyingType(provider) ?? provider;
        Expression value = Expression.Call(reader, nameof(NpgsqlDataReader.GetFieldValue), [stored], ordinal);
        if (fromProvider is not null)
            value = Expression.Invoke(fromProvider, Unlift(value, fromProvider.Parameters[0].Type));
        var assign = Expression.Assign(member, Unlift(value, member.Type));
        Expression body = CanBeNull(member.Type)
            ? Expression.IfThenElse(
                Expression.Call(reader, nameof(NpgsqlDataReader.IsDBNull), [], ordinal),
                Expression.Assign(member, Expression.Default(member.Type)),
                assign
            )
            : assign;
        return Expression.Lambda<Action<TSaga, NpgsqlDataReader, int>>(body, saga, reader, ordinal).Compile();
    }

    static Expression Unlift(Expression value, Type wanted) => value.Type == wanted ? value : Expression.Convert(value, wanted);

    static bool CanBeNull(Type type) => !type.IsValueType || System.Nullable.GetUnderlyingType(type) is not null;

    static Type Nullable(Type type) => CanBeNull(type) ? type : typeof(Nullable<>).MakeGenericType(type);
}

using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// One column of several rows as a parameter: statements take their rows with <c>unnest</c>, so that one text, prepared once, serves any
/// number of them.
/// On the way of a delivery <c>unnest</c> stands where the columns stand and not in FROM: there the server makes a buffer of 16 KB for each
/// column before it reads the first row.
/// </summary>
public static class Column
{
    public static NpgsqlParameter<TValue[]> Of<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value, NpgsqlDbType type) =>
        new() { TypedValue = Values(rows, value), NpgsqlDbType = NpgsqlDbType.Array | type };

    public static TValue[] Values<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var index = 0; index < values.Length; index++)
            values[index] = value(rows[index]);
        return values;
    }
}

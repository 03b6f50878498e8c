using Npgsql;

namespace Loyalty.Messaging.TestKit;

/// <summary>A database of its own, dropped at the end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly string _name;

    TestDatabase(string name) => _name = name;

    public string ConnectionString { get; private init; } = "";

    public static async Task<TestDatabase> CreateAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await AdministerAsync($"CREATE DATABASE {name}");
        return new TestDatabase(name)
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(Servers.Current.Postgres) { Database = name, Pooling = true, MaxPoolSize = 20 }.ConnectionString,
        };
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task<List<string>> ColumnAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
            values.Add(reader.GetValue(0).ToString()!);
        return values;
    }

    public async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await AdministerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    static async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Servers.Current.Postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

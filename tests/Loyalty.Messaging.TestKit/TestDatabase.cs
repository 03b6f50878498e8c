using System.Collections.Concurrent;
using Npgsql;

namespace Loyalty.Messaging.TestKit;

/// <summary>A database of its own, dropped at the end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    static readonly ConcurrentDictionary<string, Lazy<Task<TestDatabase>>> Templates = new(StringComparer.Ordinal);
    readonly string _name;

    TestDatabase(string name) => _name = name;

    public string ConnectionString { get; private init; } = "";

    public static Task<TestDatabase> CreateAsync() => CreateAsync("");

    /// <summary>A copy of a database that is filled once for all tests of the process, and dropped when it ends.</summary>
    /// <param name="template">By what it is known: with another content it needs another name.</param>
    public static async Task<TestDatabase> CopyAsync(string template, Func<TestDatabase, Task> fill)
    {
        var source = await Templates.GetOrAdd(template, _ => new(() => FillAsync(fill))).Value;
        return await CreateAsync($" TEMPLATE {source._name}");
    }

    static async Task<TestDatabase> FillAsync(Func<TestDatabase, Task> fill)
    {
        var template = await CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => template.DisposeAsync().AsTask().GetAwaiter().GetResult();
        await fill(template);
        // What is copied must have no visitors.
        await AdministerAsync(
            $"""
            ALTER DATABASE {template._name} WITH ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = '{template._name}'
            """
        );
        return template;
    }

    static async Task<TestDatabase> CreateAsync(string options)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await AdministerAsync($"CREATE DATABASE {name}{options}");
        return new TestDatabase(name)
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(Servers.Current.Postgres)
            {
                Database = name,
                Pooling = true,
                MaxPoolSize = 20,
            }.ConnectionString,
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
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Servers.Current.Postgres) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

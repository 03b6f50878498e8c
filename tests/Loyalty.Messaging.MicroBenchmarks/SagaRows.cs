using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.Delivery.SagaRows;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>A saga's row: into parameters, to the database and back.</summary>
public class SagaRows : IAsyncDisposable
{
    readonly IssuanceState _saga = Samples.Issuance();
    TestDatabase _database = null!;
    NpgsqlConnection _connection = null!;
    SagaTable<IssuanceState> _table = null!;
    SagaChange<IssuanceState> _changed = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await Schema.MigrateAsync(_database.ConnectionString, CancellationToken.None);
        await using var context = new LoyaltyDbContext(
            (DbContextOptions<LoyaltyDbContext>)
                new DbContextOptionsBuilder<LoyaltyDbContext>().UseLoyaltyDatabase(_database.ConnectionString).Options
        );
        _table = new SagaTable<IssuanceState>(context.Model, null);
        _connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 2 }.ConnectionString
        );
        await _connection.OpenAsync();
        var added = _table.Added(_saga);
        added.Store();
        await SendAsync(_table.Write([added]));
        _changed = _table.Found(_saga);
        _changed.Store();
    }

    [GlobalCleanup]
    public Task StopAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Benchmark]
    public int MakeParameters() => _table.Write([_changed]).Single().Parameters.Count;

    [Benchmark]
    public async Task<IssuanceState?> LoadAsync()
    {
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { _table.Select([_saga.CorrelationId]) } };
        await using var reader = await batch.ExecuteReaderAsync();
        return await reader.ReadAsync() ? _table.Read(reader) : null;
    }

    /// <summary>With its commit.</summary>
    [Benchmark]
    public Task SaveAsync() => SendAsync(_table.Write([_changed]));

    async Task SendAsync(IEnumerable<NpgsqlBatchCommand> commands)
    {
        await using var batch = new NpgsqlBatch(_connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync();
    }
}

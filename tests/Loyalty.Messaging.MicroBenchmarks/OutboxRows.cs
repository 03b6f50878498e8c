using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using MassTransit.RabbitMqTransport;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>A committed message: into the table, and from memory to the broker.</summary>
public class OutboxRows : IAsyncDisposable
{
    const string Exchange = "loyalty.miles-issued";
    TestDatabase _database = null!;
    NpgsqlConnection _connection = null!;
    TestVhost _vhost = null!;
    DirectPublish _publish = null!;
    OutboxMessage _row = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await Schema.MigrateAsync(_database.ConnectionString, CancellationToken.None);
        _connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 2 }.ConnectionString
        );
        await _connection.OpenAsync();
        _row = CapturedMessage.Of(Context(), DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(10)).Row;

        _vhost = await TestVhost.CreateAsync();
        await using (var connection = await _vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueDeclareAsync(
                "heard",
                durable: true,
                exclusive: false,
                autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-max-length"] = 1000 }
            );
            await channel.QueueBindAsync("heard", Exchange, "");
        }
        _publish = new DirectPublish(
            Options.Create(new RabbitMqOptions { Uri = _vhost.Uri.ToString() }),
            TimeProvider.System,
            NullLogger<DirectPublish>.Instance
        );
        await Eventually.SeeAsync(
            () => Task.FromResult(_publish.SendCaptured(Context(), _row.Body)),
            sent => sent is not null,
            "a channel"
        );
    }

    [GlobalCleanup]
    public Task StopAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _publish.Dispose();
        await _vhost.DisposeAsync();
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>With its commit.</summary>
    [Benchmark]
    public async Task InsertAsync()
    {
        _row.Id = Guid.CreateVersion7();
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { OutboxTable.Insert([_row]) } };
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>From memory to a quorum queue, confirmed.</summary>
    [Benchmark]
    public Task DeliverAsync() => _publish.SendCaptured(Context(), _row.Body)!;

    static RabbitMqMessageSendContext<MilesIssued> Context() =>
        new(new BasicProperties(), Exchange, Samples.MilesIssued, CancellationToken.None)
        {
            MessageId = Samples.MilesIssued.EventId,
            CorrelationId = Samples.MilesIssued.EventId,
            DestinationAddress = new Uri($"rabbitmq://localhost/{Exchange}"),
            Serializer = SystemTextJsonMessageSerializer.Instance,
            SupportedMessageTypes = MassTransit.MessageTypeCache<MilesIssued>.MessageTypeNames,
        };
}

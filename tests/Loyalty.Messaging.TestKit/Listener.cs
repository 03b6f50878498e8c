using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Messaging.TestKit;

/// <summary>A message as a subscriber sees it.</summary>
/// <param name="At">When, by <see cref="System.Diagnostics.Stopwatch"/>.</param>
public sealed record Heard(string Exchange, string? MessageId, string Text, IReadOnlyDictionary<string, string> Headers, long At)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public override string ToString() => $"{Exchange} {Text}";
}

/// <summary>
/// Subscribes to exchanges with a queue of its own that outlives a restart of the broker, and keeps everything that comes.
/// </summary>
public sealed class Listener(TestVhost vhost, params string[] exchanges) : IAsyncDisposable
{
    readonly string _queue = $"listener-{Guid.NewGuid():N}";
    readonly ConcurrentQueue<Heard> _heard = new();
    IConnection? _connection;

    public IReadOnlyCollection<Heard> All => _heard;

    public IEnumerable<Heard> From(string exchange) => _heard.Where(heard => heard.Exchange == exchange);

    public async Task StartAsync()
    {
        _connection = await vhost.ConnectAsync("listener");
        var channel = await _connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            _queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }
        );
        foreach (var exchange in exchanges)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(_queue, exchange, "");
        }
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var headers = (delivery.BasicProperties.Headers ?? new Dictionary<string, object?>()).ToDictionary(
                pair => pair.Key,
                pair => pair.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : pair.Value?.ToString() ?? ""
            );
            _heard.Enqueue(
                new Heard(
                    delivery.Exchange,
                    delivery.BasicProperties.MessageId,
                    Encoding.UTF8.GetString(delivery.Body.Span),
                    headers,
                    System.Diagnostics.Stopwatch.GetTimestamp()
                )
            );
            await channel.BasicAckAsync(delivery.DeliveryTag, false);
        };
        await channel.BasicConsumeAsync(_queue, false, consumer);
    }

    /// <summary>After the broker has been away.</summary>
    public async Task ReconnectAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}

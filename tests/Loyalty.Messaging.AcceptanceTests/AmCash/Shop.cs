using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Messaging.AcceptanceTests.AmCash;

/// <summary>A shop that asks with a plain AMQP client: JSON, reply_to, correlation id, and nothing of MassTransit.</summary>
internal sealed class Shop(TestVhost vhost) : IAsyncDisposable
{
    const string Queue = "loyalty.inquire-balance";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    IConnection? _connection;

    /// <returns>The AMQP type of the answer, and its body.</returns>
    public async Task<(string? Type, JsonElement Body)> AskAsync(string question, string? contentType = "application/json")
    {
        _connection ??= await vhost.ConnectAsync("shop");
        await using var channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var answers = (await channel.QueueDeclareAsync()).QueueName;
        var heard = new TaskCompletionSource<(string? Correlation, string? Type, string Text)>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            heard.TrySetResult(
                (delivery.BasicProperties.CorrelationId, delivery.BasicProperties.Type, Encoding.UTF8.GetString(delivery.Body.Span))
            );
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(answers, true, consumer);
        var properties = new BasicProperties { ReplyTo = answers, CorrelationId = Guid.NewGuid().ToString() };
        if (contentType is not null)
            properties.ContentType = contentType;
        await channel.BasicPublishAsync(Queue, "", mandatory: true, properties, Encoding.UTF8.GetBytes(question));
        var (correlation, type, text) = await heard.Task.WaitAsync(Patience);
        return correlation == properties.CorrelationId
            ? (type, JsonDocument.Parse(text).RootElement)
            : throw new InvalidOperationException("the answer to another question");
    }

    /// <summary>Asks and leaves nobody to answer.</summary>
    public async Task AskIntoTheBlueAsync(string question)
    {
        _connection ??= await vhost.ConnectAsync("shop");
        await using var channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(
            Queue,
            "",
            mandatory: true,
            new BasicProperties { ContentType = "application/json" },
            Encoding.UTF8.GetBytes(question)
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}

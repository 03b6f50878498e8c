using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Loyalty.Messaging.TestKit;

/// <summary>A commerce platform that knows AMQP and JSON and nothing else: no MassTransit, no records of ours.</summary>
public sealed class Commerce(TestVhost vhost) : IAsyncDisposable
{
    IConnection? _connection;
    readonly SemaphoreSlim _connecting = new(1);
    IChannel? _channel;

    /// <summary>Publishes and waits for the broker's confirm.</summary>
    public async Task PublishAsync(
        string exchange,
        ReadOnlyMemory<byte> body,
        string? messageId = null,
        string? contentType = "application/json",
        IDictionary<string, object?>? headers = null
    )
    {
        var channel = await ChannelAsync();
        var properties = new BasicProperties { Persistent = true, Headers = headers };
        if (messageId is not null)
            properties.MessageId = messageId;
        if (contentType is not null)
            properties.ContentType = contentType;
        await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body);
    }

    public Task PublishAsync(string exchange, string body, string? messageId = null, string? contentType = "application/json") =>
        PublishAsync(exchange, Encoding.UTF8.GetBytes(body), messageId, contentType);

    public Task CompleteAsync(object order, string? messageId = null) =>
        PublishAsync("commerce.order-completed", JsonSerializer.Serialize(order), messageId);

    public Task RefundAsync(object refund, string? messageId = null) =>
        PublishAsync("commerce.order-refunded", JsonSerializer.Serialize(refund), messageId);

    /// <summary>An order of one line of 163.98: 8 miles under the base rule.</summary>
    public static Dictionary<string, object> Order(
        string orderId,
        string collector = "80085102028",
        decimal amount = 163.98m,
        int quantity = 2
    ) =>
        new()
        {
            ["eventId"] = $"event-of-{orderId}",
            ["orderId"] = orderId,
            ["collectorNumber"] = collector,
            ["completedAt"] = "2026-11-21T15:04:05.123-05:00",
            ["sponsorCode"] = "KENY",
            ["locationCode"] = "0037",
            ["deviceId"] = "POS-7",
            ["currency"] = "CAD",
            ["lines"] = new[]
            {
                new
                {
                    lineId = "1",
                    sku = "SKU-1",
                    category = "grocery",
                    quantity,
                    amount,
                },
            },
            ["coupons"] = new[] { "SAVE10" },
            ["context"] = new Dictionary<string, string> { ["channel"] = "web" },
        };

    /// <summary>Takes back <paramref name="quantity"/> of the order's line.</summary>
    public static Dictionary<string, object> Refund(string refundId, string orderId, decimal quantity = 1) =>
        new()
        {
            ["eventId"] = $"event-of-{refundId}",
            ["refundId"] = refundId,
            ["orderId"] = orderId,
            ["refundedAt"] = "2026-11-22T09:00:00-05:00",
            ["lines"] = new[] { new { lineId = "1", quantity } },
            ["reason"] = "damaged",
        };

    public static Dictionary<string, object> FullRefund(string refundId, string orderId) =>
        new()
        {
            ["eventId"] = $"event-of-{refundId}",
            ["refundId"] = refundId,
            ["orderId"] = orderId,
            ["refundedAt"] = "2026-11-22T09:00:00-05:00",
            ["full"] = true,
        };

    /// <summary>One channel for all; a new one when the broker has been away.</summary>
    async Task<IChannel> ChannelAsync()
    {
        if (_channel is { IsOpen: true } open)
            return open;
        await _connecting.WaitAsync();
        try
        {
            if (_channel is { IsOpen: true } reopened)
                return reopened;
            if (_connection is not null)
                await _connection.DisposeAsync();
            _connection = await vhost.ConnectAsync("commerce");
            return _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        }
        finally
        {
            _connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connecting.Dispose();
    }
}

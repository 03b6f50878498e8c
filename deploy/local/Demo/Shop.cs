using System.Text.Json;
using RabbitMQ.Client;

namespace Demo;

/// <summary>Publishes as commerce does: plain JSON to the documented exchanges, persistent, confirmed.</summary>
internal sealed class Shop : IAsyncDisposable
{
    readonly IConnection _connection;
    readonly IChannel _channel;

    Shop(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<Shop> OpenAsync(string broker)
    {
        var connection = await Broker.ConnectAsync(broker, "demo");
        return new Shop(
            connection,
            await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
            )
        );
    }

    public ValueTask PublishAsync(string exchange, Dictionary<string, object> body) =>
        _channel.BasicPublishAsync(
            exchange,
            "",
            mandatory: true,
            new BasicProperties
            {
                ContentType = "application/json",
                DeliveryMode = DeliveryModes.Persistent,
                MessageId = (string)body["eventId"],
            },
            JsonSerializer.SerializeToUtf8Bytes(body)
        );

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

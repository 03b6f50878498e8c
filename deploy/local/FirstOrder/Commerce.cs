using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace FirstOrder;

/// <summary>Publishes as commerce does: plain JSON to the documented exchanges, persistent, confirmed.</summary>
internal static class Commerce
{
    /// <summary>
    /// Until it is published: among containers that start together the exchanges may not be declared yet. Twice does no harm.
    /// </summary>
    public static async Task PublishAsync(string broker, Example example, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await TryPublishAsync(broker, example, cancellationToken);
                return;
            }
            catch (Exception exception) when (exception is BrokerUnreachableException or OperationInterruptedException or PublishException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            }
        }
    }

    static async Task TryPublishAsync(string broker, Example example, CancellationToken cancellationToken)
    {
        await using var connection = await Broker.ConnectAsync(broker, "first-order", cancellationToken);
        var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(confirmed, cancellationToken);
        await PublishAsync(channel, "commerce.order-completed", example.Order, cancellationToken);
        await PublishAsync(channel, "commerce.order-refunded", example.Refund, cancellationToken);
    }

    static async Task PublishAsync(IChannel channel, string exchange, JsonNode body, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = (string)body["eventId"]!,
        };
        // Mandatory: an exchange that leads nowhere is an error here, not a silence.
        await channel.BasicPublishAsync(
            exchange,
            "",
            mandatory: true,
            properties,
            Encoding.UTF8.GetBytes(body.ToJsonString()),
            cancellationToken
        );
    }
}

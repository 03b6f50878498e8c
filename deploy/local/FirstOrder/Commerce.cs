using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace FirstOrder;

/// <summary>Publishes as commerce does: plain JSON to the documented exchanges, persistent, confirmed.</summary>
internal static class Commerce
{
    public static async Task PublishAsync(Uri broker, Example example, CancellationToken cancellationToken)
    {
        try
        {
            var factory = new ConnectionFactory { Uri = broker, ClientProvidedName = "first-order" };
            await using var connection = await factory.CreateConnectionAsync(cancellationToken);
            var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
            await using var channel = await connection.CreateChannelAsync(confirmed, cancellationToken);
            await PublishAsync(channel, "commerce.order-completed", example.Order, cancellationToken);
            await PublishAsync(channel, "commerce.order-refunded", example.Refund, cancellationToken);
        }
        catch (Exception exception) when (exception is BrokerUnreachableException or OperationInterruptedException or PublishException)
        {
            throw new FirstOrderException($"the order could not be published: {exception.Message}");
        }
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
        await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, Encoding.UTF8.GetBytes(body.ToJsonString()), cancellationToken);
    }
}

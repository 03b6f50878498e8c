using System.Diagnostics;
using System.Globalization;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// Publishes what a delivery has to send on the channel that the delivery came by, confirmed: no second way through the send pipeline for a message that has been through
/// it and is complete. The exchange has to be there; one that is not closes the channel.
/// </summary>
public static class DirectPublish
{
    /// <returns>Ends when the broker has confirmed; null when the message has to go through the bus: it is traced, or has something that only the bus knows how to write.</returns>
    public static Task? Send(ConsumeContext delivery, SendContext message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(message);
        // Somebody who follows a trace wants to see the send in it.
        if (Activity.Current is not null || message is not RabbitMqSendContext rabbit || !delivery.TryGetPayload<ChannelContext>(out var channel))
            return null;
        var properties = rabbit.BasicProperties;
        if (!Write(message, properties))
            return null;
        var mandatory = rabbit.Mandatory || (message.TryGetPayload<PublishContext>(out var publish) && publish.Mandatory);
        return channel.BasicPublishAsync(rabbit.Exchange, rabbit.RoutingKey ?? "", mandatory, properties, body, awaitAck: true);
    }

    /// <returns>False when it has something that only the bus knows how to write.</returns>
    internal static bool Write(SendContext message, IBasicProperties properties)
    {
        if (message.RequestId is not null || message.ResponseAddress is not null)
            return false;
        Dictionary<string, object?>? headers = null;
        foreach (var (key, value) in message.Headers.GetAll())
        {
            if (value is not (string or int or long))
                return false;
            (headers ??= [])[key] = value;
        }
        properties.Headers = headers;
        properties.ContentType = message.ContentType?.ToString();
        properties.Persistent = message.Durable;
        properties.MessageId = message.MessageId?.ToString();
        properties.CorrelationId = message.CorrelationId?.ToString();
        if (message.TimeToLive is { } life)
            properties.Expiration = Math.Max(1, life.TotalMilliseconds).ToString("F0", CultureInfo.InvariantCulture);
        return true;
    }
}

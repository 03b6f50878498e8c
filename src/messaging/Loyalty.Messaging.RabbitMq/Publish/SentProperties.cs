using System.Globalization;
using MassTransit;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>Headers and properties of a message that does not leave through the bus, as the bus would have written them.</summary>
internal static class SentProperties
{
    /// <returns>False when the message has something that only the bus knows how to write.</returns>
    public static bool Write(SendContext message, BasicProperties properties)
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

using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>A channel to publish on. A publication ends when the broker has confirmed it; many are on their way at once.</summary>
internal sealed class ConfirmedChannel : IAsyncDisposable
{
    /// <summary>A broker that takes nothing for a while must not fill our memory.</summary>
    const int MostOnTheirWay = 1000;

    readonly IChannel _channel;
    int _count;

    ConfirmedChannel(IChannel channel) => _channel = channel;

    public bool IsOpen => _channel.IsOpen;

    public bool IsFull => Volatile.Read(ref _count) >= MostOnTheirWay;

    public static async Task<ConfirmedChannel> OpenAsync(IConnection connection, CancellationToken cancellationToken) =>
        new(
            await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true,
                    publisherConfirmationTrackingEnabled: true,
                    outstandingPublisherConfirmationsRateLimiter: null
                ),
                cancellationToken
            )
        );

    /// <summary>Ends when the broker has confirmed.</summary>
    /// <exception cref="PublicationRefusedException">It has not got the message.</exception>
    /// <exception cref="AlreadyClosedException">The channel went; whether the broker took the message is unknown.</exception>
    public async Task PublishAsync(string exchange, string routingKey, bool mandatory, BasicProperties properties, byte[] body)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body);
        }
        catch (PublishReturnException back)
        {
            throw new PublicationRefusedException($"Returned by the broker: {back.ReplyCode} {back.ReplyText}", back);
        }
        catch (PublishException refused)
        {
            throw new PublicationRefusedException("The broker refused the message", refused);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();
}

/// <summary>The broker does not have the message.</summary>
public sealed class PublicationRefusedException(string message, Exception inner) : Exception(message, inner);

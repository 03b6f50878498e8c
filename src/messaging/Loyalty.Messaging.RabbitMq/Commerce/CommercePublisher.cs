using Loyalty.Messaging.RabbitMq.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>
/// Publishes events of commerce as commerce would: plain JSON by a plain AMQP client, confirmed by the broker and taken by a queue. It
/// declares nothing;
/// exchanges and queues are the worker's.
/// </summary>
public sealed class CommercePublisher(TimeProvider time)
{
    static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(30);
    static readonly TimeSpan DeclarationTimeout = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    const ushort NotFound = 404;

    /// <exception cref="PublishFailedException">The broker cannot be reached, has no place for the event, or did not confirm
    /// it.</exception>
    public async Task PublishAsync(BrokerAddress broker, CommerceEventFile commerceEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(commerceEvent);
        await using var connection = await ConnectAsync(broker, cancellationToken);
        var started = time.GetTimestamp();
        while (true)
        {
            var missing = await TryPublishAsync(connection, commerceEvent, cancellationToken);
            if (missing is null)
                return;
            if (time.GetElapsedTime(started) >= DeclarationTimeout)
                throw new PublishFailedException(
                    $"The worker has not declared {missing} yet: start it, or check that both use the same broker and vhost"
                );
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    static async Task<IConnection> ConnectAsync(BrokerAddress broker, CancellationToken cancellationToken)
    {
        try
        {
            return await BrokerConnection.Factory(broker, "loyalty-publish").CreateConnectionAsync(cancellationToken);
        }
        catch (BrokerUnreachableException exception)
        {
            throw new PublishFailedException(
                $"The broker at {broker} cannot be reached or refuses us: {exception.GetBaseException().Message}",
                exception
            );
        }
    }

    /// <returns>What is not there; null when the event was published.</returns>
    async Task<string?> TryPublishAsync(IConnection connection, CommerceEventFile commerceEvent, CancellationToken cancellationToken)
    {
        var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        try
        {
            await using var channel = await connection.CreateChannelAsync(confirmed, cancellationToken);
            await channel.ExchangeDeclarePassiveAsync(commerceEvent.Exchange, cancellationToken);
            var properties = new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent };
            if (commerceEvent.EventId is { } eventId)
                properties.MessageId = eventId;
            using var patience = new CancellationTokenSource(ConfirmTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await channel.BasicPublishAsync(commerceEvent.Exchange, "", mandatory: true, properties, commerceEvent.Body, either.Token);
            return null;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == NotFound)
        {
            return $"the exchange {commerceEvent.Exchange}";
        }
        catch (PublishException exception) when (exception.IsReturn)
        {
            return $"a queue that takes {commerceEvent.Exchange}";
        }
        catch (PublishException exception)
        {
            throw new PublishFailedException(
                "The broker refused the event: its queue is full or failing. Publish it again later",
                exception
            );
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PublishFailedException(
                "The broker did not confirm in time, so it may have the event or not. Publish it again: "
                    + "the same event twice has the effect of one",
                exception
            );
        }
        catch (Exception exception) when (exception is OperationInterruptedException or AlreadyClosedException)
        {
            throw new PublishFailedException(
                $"The broker closed the connection: {exception.Message}. Publish it again: the same event twice has the effect of one",
                exception
            );
        }
    }
}

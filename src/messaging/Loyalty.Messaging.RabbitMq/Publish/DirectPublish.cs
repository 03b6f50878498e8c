using System.Diagnostics;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.RabbitMq.Broker;
using MassTransit;
using MassTransit.Logging;
using MassTransit.RabbitMqTransport;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>
/// Publishes what the outbox has committed on a connection of its own, confirmed: no second way through the send pipeline for a message
/// that has been through it and is complete.
/// The exchange has to be there: one that is not closes the channel, and what is on its way with it fails. Hence one channel for what has
/// just been committed and one for what was stored; channels of deliveries are not concerned.
/// </summary>
public sealed partial class DirectPublish(
    IOptions<RabbitMqOptions> options,
    TimeProvider time,
    ILogger<DirectPublish> logger,
    PublishWatch? watch = null
) : IOutboxTransport, IDisposable
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    readonly CancellationTokenSource _ended = new();
    readonly SemaphoreSlim _turn = new(1);
    readonly Lane _captured = new(),
        _stored = new();
    IConnection? _connection;

    /// <inheritdoc/>
    public bool TakesMessages => watch is not { IsBlocked: true };

    /// <param name="message">As a delivery was about to send it.</param>
    /// <param name="body">Its bytes.</param>
    /// <returns>Ends when the broker has confirmed; null when the message has to go through the bus: it is traced, has something that only
    /// the bus knows how to write, or there is no channel just now.</returns>
    public Task? SendCaptured(SendContext message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        // Somebody who follows a trace wants to see the send in it.
        if (
            !Shortcuts.DirectPublish
            || Activity.Current is not null
            || message is not RabbitMqSendContext rabbit
            || OpenChannel(_captured) is not { } channel
            || !SentProperties.Write(message, rabbit.BasicProperties)
        )
            return null;
        var mandatory = rabbit.Mandatory || (message.TryGetPayload<PublishContext>(out var publish) && publish.Mandatory);
        return channel.PublishAsync(rabbit.Exchange, rabbit.RoutingKey ?? "", mandatory, rabbit.BasicProperties, body);
    }

    /// <param name="message">Writes ids, headers and properties.</param>
    /// <param name="body">Its bytes.</param>
    /// <returns>As of <see cref="SendCaptured"/>.</returns>
    public Task? SendStored(IPipe<SendContext> message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!Shortcuts.DirectPublish || OpenChannel(_stored) is not { } channel)
            return null;
        var properties = new BasicProperties();
        var context = new RabbitMqMessageSendContext<SerializedMessageBody>(
            properties,
            "",
            new SerializedMessageBody(),
            CancellationToken.None
        );
        if (
            !message.Send(context).IsCompletedSuccessfully
            || context.Exchange.Length == 0
            || context.Headers.TryGetHeader(DiagnosticHeaders.ActivityId, out _)
            || !SentProperties.Write(context, properties)
        )
            return null;
        MandatoryMessages.Mark(context);
        return channel.PublishAsync(context.Exchange, context.RoutingKey ?? "", context.Mandatory, properties, body);
    }

    /// <returns>Null when there is none to be used just now; then one is being opened.</returns>
    ConfirmedChannel? OpenChannel(Lane lane)
    {
        if (Volatile.Read(ref lane.Channel) is { IsOpen: true } channel)
            return channel.IsFull ? null : channel;
        if (Interlocked.Exchange(ref lane.Opening, 1) == 0)
            _ = OpenAsync(lane);
        return null;
    }

    async Task OpenAsync(Lane lane)
    {
        try
        {
            await _turn.WaitAsync(_ended.Token);
            try
            {
                if (Interlocked.Exchange(ref lane.Channel, null) is { } spent)
                    await spent.DisposeAsync();
                if (_connection is not { IsOpen: true })
                {
                    if (Interlocked.Exchange(ref _connection, null) is { } lost)
                        await lost.DisposeAsync();
                    _connection = await BrokerConnection
                        .Factory(options.Value.Address, "loyalty-outbox")
                        .CreateConnectionAsync(_ended.Token);
                }
                Volatile.Write(ref lane.Channel, await ConfirmedChannel.OpenAsync(_connection, _ended.Token));
                if (_ended.IsCancellationRequested)
                    _connection.Dispose();
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception exception)
        {
            NotOpened(logger, exception.Message);
            await Task.Delay(RetryDelay, time, CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref lane.Opening, 0);
        }
    }

    /// <summary>The container knows it as two services, and disposes of it twice.</summary>
    public void Dispose()
    {
        if (_ended.IsCancellationRequested)
            return;
        _ended.Cancel();
        _connection?.Dispose();
        _turn.Dispose();
        _ended.Dispose();
    }

    [LoggerMessage(3103, LogLevel.Debug, "No channel for the outbox ({Cause}); its messages go through the bus")]
    static partial void NotOpened(ILogger logger, string cause);

    sealed class Lane
    {
        public ConfirmedChannel? Channel;
        public int Opening;
    }
}

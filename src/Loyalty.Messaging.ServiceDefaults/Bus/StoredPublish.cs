using MassTransit;
using MassTransit.Logging;
using MassTransit.RabbitMqTransport;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// Publishes what was stored on a connection of its own, confirmed: no second way through the send pipeline for a message that went through it before it was stored.
/// The exchange has to be there; one that is not closes the channel.
/// </summary>
public sealed partial class StoredPublish(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<StoredPublish> logger) : IDisposable
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    readonly CancellationTokenSource _ended = new();
    ConfirmedChannel? _channel;
    int _opening;

    /// <param name="message">Writes ids, headers and properties.</param>
    /// <returns>Ends when the broker has confirmed; null when the message has to go through the bus: it is traced, has something that only the bus knows how to write, or there is no channel just now.</returns>
    public Task? Send(IPipe<SendContext> message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Volatile.Read(ref _channel) is not { IsOpen: true } channel)
        {
            if (Interlocked.Exchange(ref _opening, 1) == 0)
                _ = OpenAsync();
            return null;
        }
        if (channel.IsFull)
            return null;
        var properties = new BasicProperties();
        var context = new RabbitMqMessageSendContext<SerializedMessageBody>(properties, "", new SerializedMessageBody(), CancellationToken.None);
        if (!message.Send(context).IsCompletedSuccessfully || context.Exchange.Length == 0 || context.Headers.TryGetHeader(DiagnosticHeaders.ActivityId, out _)
            || !DirectPublish.Write(context, properties))
            return null;
        LoyaltyBus.MarkMandatory(context);
        return channel.PublishAsync(context.Exchange, context.RoutingKey ?? "", context.Mandatory, properties, body);
    }

    async Task OpenAsync()
    {
        try
        {
            _channel?.Dispose();
            _channel = null;
            Volatile.Write(ref _channel, await ConfirmedChannel.OpenAsync(BrokerConnection.Factory(options.Value.Address, "loyalty-outbox"), _ended.Token));
            if (_ended.IsCancellationRequested)
                _channel.Dispose();
        }
        catch (Exception exception)
        {
            NotOpened(logger, exception.Message);
            await Task.Delay(RetryDelay, time, CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref _opening, 0);
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _channel?.Dispose();
        _ended.Dispose();
    }

    [LoggerMessage(3103, LogLevel.Debug, "No connection for stored messages ({Cause}); they go through the bus")]
    static partial void NotOpened(ILogger logger, string cause);
}

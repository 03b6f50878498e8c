using System.Collections.Concurrent;
using Loyalty.Messaging.Persistence.Transactions;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Persistence.Outbox;

/// <summary>
/// Sends committed messages straight from memory, in their order, each confirmed by the broker before the next. What cannot be sent now stays in the table:
/// the transaction is committed and nothing of it is undone; the sweeper will send it.
/// </summary>
internal sealed partial class OutboxDelivery(IBus bus, DeliveredMessages delivered, OutboxOptions options, TimeProvider time, ILogger<OutboxDelivery> logger)
{
    readonly ConcurrentDictionary<string, ISendEndpoint> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Destinations that the last message has reached: they are there.</summary>
    readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);

    public async Task DeliverAsync(ConsumeContext delivery, IReadOnlyList<OutgoingMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.Row.Scheduled)
                continue;
            try
            {
                await SendAsync(delivery, message);
            }
            catch (Exception exception)
            {
                LeftForSweeper(logger, message.Row.MessageId, message.TypeName, exception.Message);
                return;
            }
            Points.Reach(Points.Delivered, message.Row.MessageId);
            delivered.Add(message.Row.Id);
        }
    }

    async Task SendAsync(ConsumeContext delivery, OutgoingMessage message)
    {
        var destination = message.Row.Destination;
        try
        {
            var direct = message.Captured is { } captured && _reached.ContainsKey(destination) ? options.DirectSend?.Invoke(delivery, captured, message.Row.Body) : null;
            await (direct?.WaitAsync(options.ConfirmTimeout, time) ?? SendAsync(message.Row, message.Metadata));
            _reached.TryAdd(destination, true);
        }
        catch
        {
            // Perhaps it is gone: through the bus it is made again.
            _reached.TryRemove(destination, out _);
            throw;
        }
    }

    /// <summary>Returns when the broker has confirmed the message.</summary>
    /// <exception cref="TimeoutException">It has not within the time allowed; whether it took the message is unknown.</exception>
    public async Task SendAsync(OutboxMessage row, MessageMetadata metadata)
    {
        // Never a token that can be cancelled in mid-publish: the client would lose count of its confirms. The clock runs outside.
        if (!_endpoints.TryGetValue(row.Destination, out var endpoint))
            endpoint = _endpoints[row.Destination] = await bus.GetSendEndpoint(new Uri(row.Destination)).WaitAsync(options.ConfirmTimeout, time);
        await endpoint.Send(new SerializedMessageBody(), new StoredMessage(row, metadata, time), CancellationToken.None).WaitAsync(options.ConfirmTimeout, time);
    }

    [LoggerMessage(3010, LogLevel.Warning, "Message {MessageId} ({MessageType}) is committed but could not be sent now ({Cause}); the sweeper will send it")]
    static partial void LeftForSweeper(ILogger logger, Guid messageId, string messageType, string cause);
}

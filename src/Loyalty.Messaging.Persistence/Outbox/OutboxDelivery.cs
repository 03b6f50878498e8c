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
    public async Task DeliverAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.Row.Scheduled)
                continue;
            try
            {
                await SendAsync(message.Row, message.Metadata);
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

    /// <summary>Returns when the broker has confirmed the message.</summary>
    /// <exception cref="TimeoutException">It has not within the time allowed; whether it took the message is unknown.</exception>
    public async Task SendAsync(OutboxMessage row, MessageMetadata metadata)
    {
        // Never a token that can be cancelled in mid-publish: the client would lose count of its confirms. The clock runs outside.
        var endpoint = await bus.GetSendEndpoint(new Uri(row.Destination)).WaitAsync(options.ConfirmTimeout, time);
        await endpoint.Send(new SerializedMessageBody(), new StoredMessage(row, metadata, time), CancellationToken.None).WaitAsync(options.ConfirmTimeout, time);
    }

    [LoggerMessage(3010, LogLevel.Warning, "Message {MessageId} ({MessageType}) is committed but could not be sent now ({Cause}); the sweeper will send it")]
    static partial void LeftForSweeper(ILogger logger, Guid messageId, string messageType, string cause);
}

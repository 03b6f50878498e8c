using MassTransit;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// Ways to the broker that are shorter than through the bus, with the same ids, headers and properties. Each may decline a message: then it
/// goes through the bus, as all of them do where there is no such transport.
/// </summary>
public interface IOutboxTransport
{
    /// <summary>While it is false nothing is sent, and nothing has failed.</summary>
    bool TakesMessages { get; }

    /// <summary>
    /// Sends a message that was just committed. It is asked for destinations that a message has reached through the bus before.
    /// </summary>
    /// <param name="message">As the delivery was about to send it.</param>
    /// <param name="body">Its bytes.</param>
    /// <returns>Ends when the broker has confirmed; null when this message has to go through the bus.</returns>
    Task? SendCaptured(SendContext message, byte[] body);

    /// <summary>Sends a stored message. It is asked when the message is sent for the first time.</summary>
    /// <param name="message">Writes its ids, headers and properties.</param>
    /// <param name="body">Its bytes.</param>
    /// <returns>Ends when the broker has confirmed; null when this message has to go through the bus.</returns>
    Task? SendStored(IPipe<SendContext> message, byte[] body);
}

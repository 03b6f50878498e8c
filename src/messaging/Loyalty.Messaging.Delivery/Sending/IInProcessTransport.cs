using MassTransit;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// The way past the broker, to a consumer of this process. It may decline a message: then it is sent, as all of them are where there is no
/// such transport.
/// </summary>
public interface IInProcessTransport
{
    /// <summary>Gives a message that was just committed to its consumer; its row stays until it has been dealt with.</summary>
    /// <param name="message">As the delivery was about to send it.</param>
    /// <param name="body">Its bytes; not to be changed any more.</param>
    /// <returns>Ends with true when it has been dealt with, with false when it has not; null when it has to be sent.</returns>
    Task<bool>? Deliver(SendContext message, byte[] body);
}

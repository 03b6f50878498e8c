using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.Sagas;

/// <summary>
/// Whether a call may have been made by an earlier delivery whose answer nobody has: its process has died, or its answer could not be sent.
/// </summary>
public static class EarlierDeliveries
{
    /// <summary>
    /// On a message of which a copy may be, or may have been, in somebody's hands. A header of the transport: the envelope is stored as it
    /// is.
    /// </summary>
    public const string Header = "loyalty-copy";

    /// <summary>Its value: a text, which every way of sending can write.</summary>
    public const string Copy = "yes";

    public static bool MayHaveBeenDelivered(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var headers = context.ReceiveContext.TransportHeaders;
        return context.ReceiveContext.Redelivered
            || context.GetRetryAttempt() > 0
            || headers.TryGetHeader(Header, out _)
            // It was given back to its queue, or replayed.
            || headers.TryGetHeader(DeadLetterHeaders.MessageId, out _);
    }
}

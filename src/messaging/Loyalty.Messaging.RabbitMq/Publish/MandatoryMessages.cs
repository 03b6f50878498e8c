using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>
/// Which messages have to reach a queue: commands, not events that nobody may listen to, nor answers to somebody who has gone.
/// </summary>
internal static class MandatoryMessages
{
    static readonly HashSet<string> MayBeUnheard = [.. WireNames.Published.Values];

    // The asker's queue is temporary: it may have gone meanwhile.
    static bool IsAnswer(SendContext context) =>
        context.DestinationAddress?.Query.Contains("temporary=true", StringComparison.Ordinal) == true;

    public static void Mark(SendContext context)
    {
        if (context is RabbitMqSendContext rabbit)
            rabbit.Mandatory = !MayBeUnheard.Contains(rabbit.Exchange) && !IsAnswer(context);
    }
}

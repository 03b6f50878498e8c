using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>Where a dead letter goes when it is sent again: to the queue that gave it up.</summary>
internal static class ReplayRoute
{
    /// <summary>
    /// Questions are not: whoever asked has long stopped waiting. By the whole name: the letter says itself where it comes from, and
    /// whoever wrote it may say anything.
    /// </summary>
    public static bool IsKnown(DeadLetter letter) =>
        letter.Endpoint is IssuerQueues.Issuance or IssuerQueues.Reversal || IssuerQueues.IsName(letter.Endpoint);

    /// <summary>By exchange: a "queue:" address would have the sender declare the queue, with the wrong arguments.</summary>
    public static string Of(DeadLetter letter) => $"exchange:{letter.Endpoint}";

    /// <summary>Messages of one order keep their order on the way.</summary>
    public static Guid StreamOf(DeadLetter letter) => letter.OrderId is { } orderId ? DeterministicId.OfOrder(orderId) : letter.Id;

    /// <summary>
    /// What it takes along: the sender's own headers, without what MassTransit, the broker and our own giving up have added.
    /// </summary>
    public static bool Keeps(string header) =>
        !header.StartsWith("loyalty-", StringComparison.Ordinal)
        && !header.StartsWith("x-", StringComparison.Ordinal)
        && !header.StartsWith("MT-Fault", StringComparison.Ordinal)
        && header is not ("MT-Reason" or "MT-OriginalMessageId" or "MT-Redelivery-Count" or DeadLetterHeaders.MessageId);
}

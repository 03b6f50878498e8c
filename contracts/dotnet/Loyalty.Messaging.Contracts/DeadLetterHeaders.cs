namespace Loyalty.Messaging.Contracts;

/// <summary>What a message in <see cref="WireNames.DeadLetters"/> says about itself. All headers together stay below 4 KB.</summary>
public static class DeadLetterHeaders
{
    /// <summary>A sentence for the person who will look at it; names fields, never values.</summary>
    public const string Reason = "loyalty-reason";

    /// <summary>
    /// One of <see cref="Invalid"/>, <see cref="Conflict"/>, <see cref="Failed"/>, <see cref="Skipped"/>, <see cref="DeliveryLimit"/>.
    /// </summary>
    public const string Kind = "loyalty-kind";
    public const string Endpoint = "loyalty-endpoint";

    /// <summary>When it was given up, ISO 8601.</summary>
    public const string At = "loyalty-at";

    /// <summary>Type of the exception, when one was the cause.</summary>
    public const string Exception = "loyalty-exception";

    /// <summary>Exchange it was published to first, when known: where a replay goes.</summary>
    public const string Exchange = "loyalty-exchange";
    public const string MessageType = "loyalty-message-type";

    /// <summary>
    /// The message id it was published with, or <see cref="NoMessageId"/>. A replay brings it along, so that the same message stays the
    /// same.
    /// </summary>
    public const string MessageId = "loyalty-message-id";

    /// <summary>It was published without one. An empty header would be left out on the way.</summary>
    public const string NoMessageId = "(none)";

    public const string Invalid = "invalid";
    public const string Conflict = "conflict";
    public const string Failed = "failed";
    public const string Skipped = "skipped";

    /// <summary>
    /// The broker gave it up: it was delivered too often without an acknowledgement. Such a message has none of the headers above.
    /// </summary>
    public const string DeliveryLimit = "delivery-limit";
}

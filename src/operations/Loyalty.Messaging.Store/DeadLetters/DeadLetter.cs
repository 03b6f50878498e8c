namespace Loyalty.Messaging.Store.DeadLetters;

/// <summary>A message that was given up, as it came. The same message given up again is the same dead letter.</summary>
public sealed class DeadLetter
{
    /// <summary>Follows from queue, message id and body.</summary>
    public Guid Id { get; set; }

    /// <summary>In the order of coming, given by the database.</summary>
    public long Sequence { get; set; }

    /// <summary>One of <see cref="DeadLetterStates"/>.</summary>
    public string State { get; set; } = DeadLetterStates.Open;
    public DateTimeOffset StateSince { get; set; }
    public string? StateBy { get; set; }
    public string? StateReason { get; set; }

    /// <summary>Why it was given up, in one word: one of <see cref="Contracts.DeadLetterHeaders"/>' kinds.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Who must act: <c>commerce</c>, <c>issuer</c>, <c>us</c> or <c>configuration</c>.</summary>
    public string Owner { get; set; } = "";

    /// <summary>The queue it was given up in; a replay goes there.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The exchange it was published to first.</summary>
    public string? Exchange { get; set; }
    public string? MessageType { get; set; }

    /// <summary>The publisher's.</summary>
    public string? MessageId { get; set; }

    /// <summary>Under which id the inbox and the journal know its delivery; null when the message cannot be read.</summary>
    public Guid? DeliveryId { get; set; }
    public string? ContentType { get; set; }

    /// <summary>A sentence, without values of the message.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Type of the exception, when one was the cause.</summary>
    public string? Exception { get; set; }

    /// <summary>The same for messages that were given up for the same cause, whatever their ids.</summary>
    public Guid Fingerprint { get; set; }
    public string? OrderId { get; set; }
    public string? RefundId { get; set; }

    /// <summary>JSON object of texts, numbers and truth values.</summary>
    public string Headers { get; set; } = "{}";
    public byte[] Body { get; set; } = [];
    public DateTimeOffset FirstFailedAt { get; set; }
    public DateTimeOffset LastFailedAt { get; set; }

    /// <summary>How often it was given up.</summary>
    public int Failures { get; set; }

    /// <summary>How often it was sent again.</summary>
    public int Replays { get; set; }

    /// <summary>The job that sends it again, or did so last.</summary>
    public Guid? JobId { get; set; }

    /// <summary>The dead letter that this one was made of by editing.</summary>
    public Guid? EditedFrom { get; set; }

    /// <summary>What was made of this one by editing.</summary>
    public Guid? EditedTo { get; set; }

    /// <summary>It came without an order or refund that could be read; which it is, whoever edited it has said.</summary>
    public bool KeyByHand { get; set; }
}

/// <summary>States of a dead letter, as they are stored and shown.</summary>
public static class DeadLetterStates
{
    /// <summary>Waits for somebody.</summary>
    public const string Open = "Open";

    /// <summary>A job has it.</summary>
    public const string Replaying = "Replaying";

    /// <summary>Sent again, and did not come back.</summary>
    public const string Replayed = "Replayed";

    /// <summary>Another message was sent in its place.</summary>
    public const string Edited = "Edited";

    /// <summary>Somebody decided that nothing is to become of it; it can be restored until it is deleted.</summary>
    public const string Discarded = "Discarded";

    public static IReadOnlyList<string> All { get; } = [Open, Replaying, Replayed, Edited, Discarded];
}

/// <summary>One time that a message was given up.</summary>
public sealed class DeadLetterFailure
{
    public Guid DeadLetterId { get; set; }
    public DateTimeOffset At { get; set; }
    public string Kind { get; set; } = "";
    public string Reason { get; set; } = "";
    public string? Exception { get; set; }
}

/// <summary>What a dead letter is searched by: lower case, collector numbers masked, bounded.</summary>
public sealed class DeadLetterText
{
    public Guid DeadLetterId { get; set; }
    public string Text { get; set; } = "";
}

/// <summary>Add a note to a group, for your colleagues of dead letters.</summary>
public sealed class DeadLetterNote
{
    public Guid Fingerprint { get; set; }
    public string Note { get; set; } = "";
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

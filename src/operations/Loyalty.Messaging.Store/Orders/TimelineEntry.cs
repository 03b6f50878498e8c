namespace Loyalty.Messaging.Store.Orders;

/// <summary>One thing that happened, in a sentence and in fields.</summary>
public sealed record TimelineEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="TimelineKinds"/>; more may be added.</summary>
    public required string Kind { get; init; }
    public required string Text { get; init; }
    public string? RefundId { get; init; }
    public string? FromState { get; init; }
    public string? ToState { get; init; }
    public string? MessageType { get; init; }
    public Guid? MessageId { get; init; }
    public TimelineDetails? Details { get; init; }
}

/// <summary>What a timeline entry may be about.</summary>
public static class TimelineKinds
{
    public const string Delivery = "delivery";
    public const string Transition = "transition";

    /// <summary>One attempt of a call to the issuer.</summary>
    public const string Call = "call";
    public const string Duplicate = "duplicate";
    public const string Conflict = "conflict";
    public const string Ledger = "ledger";
    public const string Sent = "sent";

    /// <summary>Committed, and not yet known to be with the broker.</summary>
    public const string Waiting = "waiting";

    /// <summary>Something was set to happen later.</summary>
    public const string Timer = "timer";

    /// <summary>It waits longer than it should.</summary>
    public const string Overdue = "overdue";

    /// <summary>A person decided something.</summary>
    public const string Decision = "decision";

    /// <summary>What a decision changed, value by value.</summary>
    public const string Correction = "correction";

    /// <summary>Something else that a person did, as the audit has it.</summary>
    public const string Act = "act";

    /// <summary>A message of the order was given up, or what became of it since.</summary>
    public const string DeadLetter = "dead-letter";

    /// <summary>A remark, for example on a collector number; also what a version said that knows more than this one.</summary>
    public const string Note = "note";
}

/// <summary>The fields behind the sentence; which ones are there follows from the kind.</summary>
public sealed record TimelineDetails
{
    /// <summary><c>post-event</c> or <c>reverse-event</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>Ordinal of the try within the call, from 1.</summary>
    public int? Attempt { get; init; }
    public int? Status { get; init; }
    public double? DurationMs { get; init; }
    public string? ResponseCode { get; init; }
    public string? Failure { get; init; }

    /// <summary>What was sent, masked JSON.</summary>
    public string? Request { get; init; }

    /// <summary>The issuer's answer, masked.</summary>
    public string? Response { get; init; }
    public Guid? IdempotencyKey { get; init; }
    public bool? Redelivered { get; init; }
    public int? Miles { get; init; }
    public string? Reason { get; init; }

    /// <summary>What a correction changed.</summary>
    public IReadOnlyList<ChangedValue>? Changes { get; init; }

    /// <summary>Who decided.</summary>
    public string? Actor { get; init; }

    /// <summary>Exchange or queue.</summary>
    public string? Destination { get; init; }

    /// <summary>When it is sent at the latest; absent when parked.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public int? Attempts { get; init; }

    /// <summary>Since when nobody tries to send it any more.</summary>
    public DateTimeOffset? ParkedAt { get; init; }
    public string? LastFault { get; init; }
    public Guid? DeadLetterId { get; init; }
}

/// <summary>A value before and after; a collector number masked.</summary>
public sealed record ChangedValue(string Field, string? Before, string? After);

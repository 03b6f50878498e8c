namespace Loyalty.Messaging.Store.Jobs;

/// <summary>
/// Work on many things, one after the other: at a rate, after a ramp, until it is done, paused, cancelled, or stops automatically.
/// </summary>
public sealed class Job
{
    /// <summary>Given by whoever asks: the same request again is the same job.</summary>
    public Guid Id { get; set; }

    /// <summary>What is done to each item: one of <see cref="JobKinds"/>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>One of <see cref="JobStates"/>.</summary>
    public string State { get; set; } = JobStates.Running;
    public DateTimeOffset StateSince { get; set; }

    /// <summary>Why it is in its state, when there is more to say.</summary>
    public string? StateReason { get; set; }

    /// <summary>What was selected, in words.</summary>
    public string Description { get; set; } = "";

    /// <summary>JSON; what is the same for all items. Shown to nobody as it is.</summary>
    public string? Parameters { get; set; }

    /// <summary>Why, in the words of the person who asked.</summary>
    public string Reason { get; set; } = "";
    public string CreatedBy { get; set; } = "";

    /// <summary>As <see cref="Someone.Identity"/>; null of a job that is older than it.</summary>
    public string? CreatedIdentity { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Why a second person has to say yes; null when nobody has to.</summary>
    public string? NeedsApproval { get; set; }
    public string? ApprovedBy { get; set; }
    public string? ApprovedIdentity { get; set; }
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Items per second, once the ramp is over.</summary>
    public int Rate { get; set; }

    /// <summary>How many to begin with: each step waits until the one before has settled.</summary>
    public IReadOnlyList<int> Ramp { get; set; } = [];

    /// <summary>Stops when a message comes back for the cause for which it was given up before.</summary>
    public bool StopOnSame { get; set; }

    /// <summary>Stops when more than this share of the settled items has failed, in percent.</summary>
    public int StopShare { get; set; }
    public int Total { get; set; }

    /// <summary>As the preview said; null when it was not asked.</summary>
    public long? MilesToIssue { get; set; }
    public long? MilesToReverse { get; set; }

    /// <summary>What failed before then is no reason to stop again.</summary>
    public DateTimeOffset? ResumedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The process that works on it.</summary>
    public Guid? LeaseOwner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
}

public static class JobKinds
{
    /// <summary>Sends dead letters again.</summary>
    public const string Replay = "replay";

    /// <summary>Makes the calls of orders and refunds once more.</summary>
    public const string Retry = "retry";

    /// <summary>Issues the miles of an order that is held.</summary>
    public const string Approve = "approve";

    /// <summary>Makes new revisions of rejected calls.</summary>
    public const string Correct = "correct";

    /// <summary>Gives orders and refunds up.</summary>
    public const string Cancel = "cancel";

    /// <summary>Gives dead letters up.</summary>
    public const string Discard = "discard";

    /// <summary>Lets what is parked in the outbox be tried again.</summary>
    public const string Release = "release";
}

public static class JobStates
{
    /// <summary>A second person has to say yes.</summary>
    public const string AwaitingApproval = "AwaitingApproval";
    public const string Running = "Running";
    public const string Paused = "Paused";

    /// <summary>By itself: too much failed.</summary>
    public const string Stopped = "Stopped";
    public const string Cancelled = "Cancelled";
    public const string Done = "Done";

    /// <summary>Of those that have not ended.</summary>
    public static IReadOnlyList<string> Open { get; } = [AwaitingApproval, Running, Paused, Stopped];

    public static bool HasEnded(string state) => state is Cancelled or Done;
}

/// <summary>One thing that a job works on.</summary>
public sealed class JobItem
{
    public Guid JobId { get; set; }

    /// <summary>From 1, in the order of working.</summary>
    public int Ordinal { get; set; }

    /// <summary>Of a replay the id of the dead letter; of a decision <c>order </c> or <c>refund </c> and the id.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Items of one order are worked on one after the other.</summary>
    public string? OrderId { get; set; }

    /// <summary>One of <see cref="JobItemStates"/>.</summary>
    public string State { get; set; } = JobItemStates.Waiting;
    public string? Outcome { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>Where the journal was when it was sent: what is told of it comes after.</summary>
    public long? JournalAt { get; set; }

    /// <summary>Of a replay: the fingerprint that the dead letter had when the job was made.</summary>
    public Guid? Cause { get; set; }
    public Guid? OutboxId { get; set; }

    /// <summary>
    /// At most this many miles, as they were looked at when the job was made; null where there was no telling. With more it is not done.
    /// </summary>
    public int? Miles { get; set; }
}

public static class JobItemStates
{
    public const string Waiting = "Waiting";

    /// <summary>Begun; what became of it is not known yet.</summary>
    public const string Sent = "Sent";
    public const string Done = "Done";
    public const string Failed = "Failed";

    /// <summary>Left out, on purpose.</summary>
    public const string Skipped = "Skipped";
}

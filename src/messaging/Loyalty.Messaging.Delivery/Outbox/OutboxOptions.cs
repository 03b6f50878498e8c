namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>How the outbox behaves; the defaults suit everybody.</summary>
public sealed class OutboxOptions
{
    /// <summary>
    /// How long a committed message is the business of the process that committed it. Above the confirm timeout, or the sweeper would
    /// repeat what is on its way.
    /// </summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan AgeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the broker may take to confirm; after that the fate of a message is unknown and it waits for the sweeper.
    /// </summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a swept message is leased to the process that took it.</summary>
    /// <value>Default 15 seconds.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the sweeper looks for what other processes left behind.</summary>
    /// <value>Default 1 second.</value>
    public TimeSpan QueryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many messages of a backlog one process sends in a second at most. A backlog has waited already: what comes in now must not wait
    /// for it.
    /// </summary>
    /// <value>Default 1,020 in a second.</value>
    public int SweepRate { get; set; } = 1020;

    /// <summary>After so many attempts a message is parked: kept, shown, and no longer blocking others.</summary>
    /// <value>Default 20.</value>
    public int MaxAttempts { get; set; } = 20;

    /// <summary>How long the outbox is left alone between two vacuums at least; zero leaves them to the server.</summary>
    /// <value>Default 5 seconds; at most a day.</value>
    public TimeSpan VacuumDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many days the inbox remembers; whole days are dropped.</summary>
    /// <value>Default 8 days.</value>
    public int InboxDays { get; set; } = 8;

    /// <summary>Whether endpoints that allow it let deliveries share a transaction.</summary>
    /// <value>Default true.</value>
    public bool GroupCommit { get; set; } = true;

    /// <summary>
    /// When a consumer of this process has had a message for so long, a copy goes to the broker, where everybody sees it. In time for it
    /// to be confirmed before the row is the sweeper's.
    /// </summary>
    public TimeSpan CopyAfter => (AgeLimit - ConfirmTimeout) / 2;

    internal static readonly TimeSpan LongestVacuumDelay = TimeSpan.FromDays(1);

    internal bool BusOutbox { get; private set; }

    /// <summary>
    /// Scoped <c>IPublishEndpoint</c>, <c>ISendEndpointProvider</c> and <c>IScopedClientFactory</c> write to the scope's context; its
    /// <c>SaveChanges</c> commits.
    /// </summary>
    public void UseBusOutbox() => BusOutbox = true;

    public IEnumerable<string> Validate()
    {
        if (AgeLimit <= ConfirmTimeout)
            yield return $"Outbox__AgeLimit ({AgeLimit}) must be longer than Outbox__ConfirmTimeout ({ConfirmTimeout})";
        if (Lease <= ConfirmTimeout)
            yield return $"Outbox__Lease ({Lease}) must be longer than Outbox__ConfirmTimeout ({ConfirmTimeout})";
        if (QueryDelay <= TimeSpan.Zero)
            yield return "Outbox__QueryDelay must be above 0";
        if (SweepRate < 1)
            yield return "Outbox__SweepRate must be 1 or more";
        if (MaxAttempts < 1)
            yield return "Outbox__MaxAttempts must be 1 or more";
        if (VacuumDelay < TimeSpan.Zero || VacuumDelay > LongestVacuumDelay)
            yield return "Outbox__VacuumDelay must be between 0 and a day";
        if (InboxDays < 2)
            yield return "Outbox__InboxDays must be 2 or more";
    }
}

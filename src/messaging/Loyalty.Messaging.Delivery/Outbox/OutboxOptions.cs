using MassTransit;

namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>
/// Sends a message that was just committed in a shorter way than through the bus, with the same ids, headers and properties.
/// </summary>
/// <param name="message">As the delivery was about to send it.</param>
/// <param name="body">Its bytes.</param>
/// <returns>Ends when the broker has confirmed; null when this message has to go through the bus.</returns>
public delegate Task? CapturedSend(SendContext message, byte[] body);

/// <summary>Sends a stored message in a shorter way than through the bus, with the same ids, headers and properties.</summary>
/// <param name="message">Writes its ids, headers and properties.</param>
/// <param name="body">Its bytes.</param>
/// <returns>Ends when the broker has confirmed; null when this message has to go through the bus.</returns>
public delegate Task? StoredSend(IPipe<SendContext> message, byte[] body);

/// <summary>Gives a message that was just committed to its consumer in this process; the row stays until it has been dealt with.</summary>
/// <param name="message">As the delivery was about to send it.</param>
/// <param name="body">Its bytes.</param>
/// <returns>Ends with true when it has been dealt with, with false when it has not; null when it has to be sent.</returns>
public delegate Task<bool>? InProcessDelivery(SendContext message, byte[] body);

/// <summary>Whether the broker takes messages just now.</summary>
public delegate bool BrokerTakesMessages();

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
    /// A shorter way to the broker, when the transport has one. It is taken to destinations that a message has reached through the bus
    /// before.
    /// </summary>
    public Func<IServiceProvider, CapturedSend>? CapturedSend { get; set; }

    /// <summary>The same for stored messages. It is taken when they are sent for the first time.</summary>
    public Func<IServiceProvider, StoredSend>? StoredSend { get; set; }

    /// <summary>A way without the broker, when the transport has one.</summary>
    public Func<IServiceProvider, InProcessDelivery>? InProcess { get; set; }

    /// <summary>While it says no nothing is sent, and nothing has failed.</summary>
    public Func<IServiceProvider, BrokerTakesMessages>? TakesMessages { get; set; }

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

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>Queues that belong to one process at a time. They are there before anybody has them.</summary>
/// <param name="Names">Of all of them, those of other processes included.</param>
public sealed record LaneQueues(IReadOnlyList<string> Names);

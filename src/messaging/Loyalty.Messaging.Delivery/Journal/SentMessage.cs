namespace Loyalty.Messaging.Delivery.Journal;

/// <summary>A message that a delivery sent.</summary>
public sealed record SentMessage(string Type, Guid MessageId);

namespace Loyalty.Messaging.Store.Orders;

/// <summary>A row of the outbox without its body.</summary>
internal sealed record WaitingMessage(
    Guid MessageId,
    string? RefundId,
    string Destination,
    string MessageType,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    bool Scheduled,
    int Attempts,
    DateTimeOffset? ParkedAt,
    string? LastFault
);

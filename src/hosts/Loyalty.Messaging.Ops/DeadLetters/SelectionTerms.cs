using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>What dead letters have in common, however somebody says it: in an address, a form or a request.</summary>
internal abstract record SelectionTerms
{
    public Guid? Group { get; init; }

    /// <summary>Part of body, headers, reason, exception or an id.</summary>
    public string? Q { get; init; }
    public string? Endpoint { get; init; }
    public string? Owner { get; init; }
    public string? Kind { get; init; }
    public string? Type { get; init; }
    public string? Exception { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }

    protected DeadLetterSelection Select(string? orderId) =>
        new()
        {
            Group = Group,
            Q = Text(Q),
            Endpoint = Text(Endpoint),
            Owner = Text(Owner),
            Kind = Text(Kind),
            MessageType = Text(Type),
            Exception = Text(Exception),
            OrderId = Text(orderId),
            From = From,
            To = To,
        };

    protected static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}

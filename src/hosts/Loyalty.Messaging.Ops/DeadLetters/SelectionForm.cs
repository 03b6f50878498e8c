using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>Which dead letters a form is about: those that were picked, or all that the page showed.</summary>
internal sealed record SelectionForm
{
    public Guid[]? Id { get; init; }
    public Guid? Group { get; init; }
    public string? Q { get; init; }
    public string? Endpoint { get; init; }
    public string? Owner { get; init; }
    public string? Kind { get; init; }
    public string? Type { get; init; }
    public string? Exception { get; init; }
    public string? Order { get; init; }
    public string? Reason { get; init; }
    public Guid? OperationId { get; init; }

    public DeadLetterSelection Selection =>
        Id is { Length: > 0 } ids
            ? new DeadLetterSelection { Ids = ids }
            : new SelectionQuery
            {
                Group = Group,
                Q = Q,
                Endpoint = Endpoint,
                Owner = Owner,
                Kind = Kind,
                Type = Type,
                Exception = Exception,
                Order = Order,
            }.Selection;
}

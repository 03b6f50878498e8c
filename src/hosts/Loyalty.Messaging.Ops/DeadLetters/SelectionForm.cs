using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>Which dead letters a form is about: those that were picked, or all that the page showed.</summary>
internal sealed record SelectionForm : SelectionQuery
{
    public Guid[]? Id { get; init; }
    public string? Reason { get; init; }
    public Guid? OperationId { get; init; }

    public override DeadLetterSelection Selection => Id is { Length: > 0 } ids ? new DeadLetterSelection { Ids = ids } : base.Selection;
}

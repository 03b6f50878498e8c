using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>
/// What a person has decided about an order or a refund. Sent as a command; the answer is a <see cref="DecisionAnswer"/>.
/// </summary>
public interface IDecision
{
    /// <summary>Identifies the decision, for ever: the same id again is answered again and changes nothing.</summary>
    Guid OperationId { get; }

    /// <summary>Who decided.</summary>
    string Actor { get; }

    /// <summary>Why, in the actor's words. Required.</summary>
    string Reason { get; }

    /// <summary>
    /// The miles of the order or refund that were looked at when it was decided. With more of them it is another decision, and is not
    /// taken; null: any number.
    /// </summary>
    int? AtMost { get; }
}

/// <summary>What all decisions say.</summary>
public abstract record Decision : IDecision
{
    /// <inheritdoc/>
    public required Guid OperationId { get; init; }

    /// <inheritdoc/>
    public required string Actor { get; init; }

    /// <inheritdoc/>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public int? AtMost { get; init; }
}

/// <summary>That no further call is made.</summary>
public interface ICancellation : IDecision
{
    /// <summary>
    /// AIR MILES has confirmed that there is no such transaction. Without it, what the call may have done counts as done.
    /// </summary>
    bool NoEffect { get; }
}

/// <summary>Another call in place of one that was rejected. What is null stays as it was.</summary>
public interface ICorrection : IDecision
{
    /// <summary>11 digits, the first an 8.</summary>
    string? CollectorNumber { get; }
    string? LocationCode { get; }
    string? DeviceId { get; }

    /// <summary>All offers, each above 0 miles, in place of those there were.</summary>
    IReadOnlyList<OfferMiles>? Offers { get; }
    IReadOnlyDictionary<string, string>? Context { get; }
}

/// <summary>What became of a decision.</summary>
public sealed record DecisionAnswer
{
    public required Guid OperationId { get; init; }
    public required bool Accepted { get; init; }

    /// <summary>The saga's state after it; null when there is no such order or refund.</summary>
    public string? State { get; init; }

    /// <summary>Why not, and what to do instead.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A decision as the saga keeps it.</summary>
public sealed record TakenDecision(Guid OperationId, string Kind, string Actor, string Reason, DateTimeOffset At, string? Refusal);

/// <summary>A saga that people decide about.</summary>
public interface IHasDecisions
{
    List<TakenDecision> Decisions { get; set; }
    string CurrentState { get; }
    int Miles { get; }
}

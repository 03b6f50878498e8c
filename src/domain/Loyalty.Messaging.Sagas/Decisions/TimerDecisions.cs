namespace Loyalty.Messaging.Sagas.Decisions;

/// <summary>A decision about a timer.</summary>
public interface ITimerDecision : IDecision
{
    /// <summary>The new time, now or later; null: there is no timer any more. A call whose next try is removed is suspended.</summary>
    DateTimeOffset? DueAt { get; }
}

/// <summary>The timer of an order fires at another time, or not at all.</summary>
public sealed record MoveIssuanceTimer : Decision, ITimerDecision
{
    public required string OrderId { get; init; }

    /// <inheritdoc cref="ITimerDecision.DueAt"/>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>The timer of a refund fires at another time, or not at all.</summary>
public sealed record MoveReversalTimer : Decision, ITimerDecision
{
    public required string RefundId { get; init; }

    /// <inheritdoc cref="ITimerDecision.DueAt"/>
    public DateTimeOffset? DueAt { get; init; }
}

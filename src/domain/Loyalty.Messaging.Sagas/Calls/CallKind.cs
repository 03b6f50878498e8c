using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>A saga that makes a call to the issuer. Whichever call it is, it has the same life.</summary>
internal interface IHasCall<TSaga> : IHasTimer, IHasCallEffect
    where TSaga : class, SagaStateMachineInstance, IHasCall<TSaga>
{
    static abstract CallKind<TSaga> Call { get; }
    string? TransactionId { get; set; }

    /// <summary>When the last try was made or answered.</summary>
    DateTimeOffset? CalledAt { get; set; }
    DateTimeOffset UpdatedAt { get; set; }
    int Miles { get; }
}

/// <summary>How the calls differ.</summary>
internal sealed record CallKind<TSaga>
    where TSaga : class, SagaStateMachineInstance
{
    /// <summary>As journal and telemetry call it.</summary>
    public required string Operation { get; init; }

    /// <summary>The outcome of a final yes, as telemetry calls it.</summary>
    public required string Succeeded { get; init; }

    /// <summary>What is asked about while it is pending, for people.</summary>
    public required string Question { get; init; }

    /// <summary>Sets the timer of the next try.</summary>
    public required Func<BehaviorContext<TSaga>, DateTimeOffset, Task> SetTimerAsync { get; init; }

    /// <summary>Counts an outcome: its name, the miles, when the call was first sent, when it was settled.</summary>
    public required Action<string, int, DateTimeOffset?, DateTimeOffset> Count { get; init; }
}

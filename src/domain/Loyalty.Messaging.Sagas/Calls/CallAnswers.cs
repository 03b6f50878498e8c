using System.Diagnostics.CodeAnalysis;
using Loyalty.Messaging.AirMiles;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>What an issuer queue tells a saga about its call. Each saga has messages of its own, which say what they are about.</summary>
public abstract record CallAnswer
{
    /// <summary>As it is read from the wire.</summary>
    protected CallAnswer() { }

    [SetsRequiredMembers]
    private protected CallAnswer(Guid idempotencyKey, CallResult result) => (IdempotencyKey, Attempts) = (idempotencyKey, result.Attempts);

    public required Guid IdempotencyKey { get; init; }
    public required IReadOnlyList<CallAttempt> Attempts { get; init; }
}

/// <summary>The issuer has accepted it (200 or 202).</summary>
public abstract record CallConfirmed : CallAnswer
{
    /// <inheritdoc/>
    protected CallConfirmed() { }

    [SetsRequiredMembers]
    private protected CallConfirmed(Guid idempotencyKey, CallOutcome.Accepted yes, CallResult result)
        : base(idempotencyKey, result) => (Pending, TransactionId, Issuances) = (yes.Pending, yes.TransactionId, yes.Issuances);

    /// <summary>Accepted, not final.</summary>
    public required bool Pending { get; init; }
    public string? TransactionId { get; init; }
    public required IReadOnlyList<IssuanceStatus> Issuances { get; init; }
}

/// <summary>No yes: a no, or nothing that can be relied on.</summary>
public abstract record CallUnconfirmed : CallAnswer
{
    /// <inheritdoc/>
    protected CallUnconfirmed() { }

    [SetsRequiredMembers]
    private protected CallUnconfirmed(Guid idempotencyKey, string reason, CallResult result)
        : base(idempotencyKey, result) => (Reason, EffectUnknown) = (reason, result.EffectUnknown);

    public required string Reason { get; init; }

    /// <summary>One of the tries, or an earlier delivery of the same call, may have taken effect.</summary>
    public bool EffectUnknown { get; init; }
}

/// <summary>The issuer's final no.</summary>
public abstract record CallRejected : CallUnconfirmed
{
    /// <inheritdoc/>
    protected CallRejected() { }

    [SetsRequiredMembers]
    private protected CallRejected(Guid idempotencyKey, CallOutcome.Rejected no, CallResult result)
        : base(idempotencyKey, no.Reason, result) => ResponseCode = no.ResponseCode;

    public string? ResponseCode { get; init; }
}

/// <summary>The tries in the call are used up and nobody knows whether it took effect.</summary>
public abstract record CallUnresolved : CallUnconfirmed
{
    /// <remarks>A worker of an earlier version does not say whether the effect is known.</remarks>
    protected CallUnresolved() => EffectUnknown = true;

    [SetsRequiredMembers]
    private protected CallUnresolved(Guid idempotencyKey, Unanswered unanswered, CallResult result)
        : base(idempotencyKey, unanswered.Reason, result) => (Postponed, RetryAfter) = (unanswered.Postponed, unanswered.RetryAfter);

    /// <summary>True when the issuer is down and the call was put off: it counts as no try.</summary>
    public bool Postponed { get; init; }

    /// <summary>How long the issuer asked us to wait, when it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Neither yes nor no.</summary>
/// <param name="Reason">What happened last, masked.</param>
/// <param name="RetryAfter">How long the issuer asked us to wait, when it did.</param>
/// <param name="Postponed">The issuer is down and the call was put off: it counts as no try.</param>
public sealed record Unanswered(string Reason, TimeSpan? RetryAfter = null, bool Postponed = false);

internal static class CallAnswers
{
    /// <summary>An answer to an earlier revision's call tells nothing about this one.</summary>
    public static bool IsCurrent<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : CallAnswer => context.Message.IdempotencyKey == context.Saga.IdempotencyKey;

    public static bool IsOfEarlierRevision<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasCallEffect
        where T : CallAnswer => !IsCurrent(context);

    public static bool IsPending<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance
        where T : CallConfirmed => context.Message.Pending;
}

namespace Loyalty.Messaging.AirMiles;

/// <summary>What one try has taught us, and whether another may teach us more.</summary>
internal sealed record Reading(CallOutcome Outcome) : IReading
{
    /// <summary>Temporary, or not known whether it took effect: the same bytes may be sent again.</summary>
    public bool TryAgain { get; init; }

    /// <summary>A 401 that is about the token, not about the collector.</summary>
    public bool TokenRefused { get; init; }

    /// <summary>A 503: the issuer says itself that nothing can be sent.</summary>
    public bool OutageDeclared { get; init; }

    /// <summary>The request may have taken effect: the answer is missing, or says neither yes nor no.</summary>
    public bool EffectUnknown { get; init; }

    /// <summary>
    /// How long the issuer asks everybody to wait (Retry-After of a 429 or 503, or of its token endpoint); zero when it does not.
    /// </summary>
    public TimeSpan AskedToWait { get; init; }

    public string? ResponseCode { get; init; }

    public TimeSpan? RetryAfter => (Outcome as CallOutcome.Unresolved)?.RetryAfter;

    /// <summary>Why there is no usable answer; null when there is one.</summary>
    public string? Failure => (Outcome as CallOutcome.Unresolved)?.Reason;

    /// <summary>Sent, and nobody knows what became of it.</summary>
    public static Reading Unknown(string reason, TimeSpan? retryAfter = null) => NotNow(reason, retryAfter) with { EffectUnknown = true };

    /// <summary>There was a pause, and it was not this one's turn to probe.</summary>
    public static Reading NotSent { get; } = new(new CallOutcome.Postponed("calls are paused"));

    /// <summary>Not done, for now: it was turned away, or never sent.</summary>
    public static Reading NotNow(string reason, TimeSpan? retryAfter = null) =>
        new(new CallOutcome.Unresolved(Mask.Collectors(reason), retryAfter)) { TryAgain = true };

    public static Reading Stop(string reason, TimeSpan? retryAfter = null) =>
        new(new CallOutcome.Unresolved(Mask.Collectors(reason), retryAfter));
}

namespace Loyalty.Messaging.AirMiles;

/// <summary>What became of a call and how.</summary>
/// <param name="Outcome">What is known now.</param>
/// <param name="Attempts">Every request that was sent, and every failure to get a token for one, in order.</param>
/// <param name="EffectUnknown">True when one of the requests may have taken effect without our knowing: it was sent and not answered, or
/// answered by neither yes nor no.</param>
public sealed record CallResult(CallOutcome Outcome, IReadOnlyList<CallAttempt> Attempts, bool EffectUnknown = false);

/// <summary>Yes, no, or not known.</summary>
public abstract record CallOutcome
{
    CallOutcome() { }

    /// <summary>As telemetry calls it.</summary>
    internal abstract string Word { get; }

    /// <summary>A yes or a no to the transaction: nobody gives one in an outage.</summary>
    internal virtual bool IsAnswer => false;

    /// <summary>The issuer has it (200, or 202 while it is still at work).</summary>
    /// <param name="Pending">True for 202 and for 200 with an issuance that says PENDING.</param>
    /// <param name="TransactionId">The issuer's own id, when it gave one.</param>
    /// <param name="Issuances">What it says of each issuance; may be empty.</param>
    public sealed record Accepted(bool Pending, string? TransactionId, IReadOnlyList<IssuanceStatus> Issuances) : CallOutcome
    {
        internal override string Word => Pending ? "pending" : "accepted";

        internal override bool IsAnswer => true;
    }

    /// <summary>The issuer's final no: the same bytes will be refused for ever; a correction is a new revision.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="ResponseCode">The issuer's code, when it gave one.</param>
    /// <param name="Reason">The issuer's words, masked.</param>
    public sealed record Rejected(int Status, string? ResponseCode, string Reason) : CallOutcome
    {
        internal override string Word => "rejected";

        internal override bool IsAnswer => true;
    }

    /// <summary>
    /// Not known whether it took effect, or the issuer could not be asked. Only the same bytes and key may be sent again.
    /// </summary>
    /// <param name="Reason">What happened last, masked.</param>
    /// <param name="RetryAfter">How long the issuer asked us to wait, when it did.</param>
    public sealed record Unresolved(string Reason, TimeSpan? RetryAfter) : CallOutcome
    {
        internal override string Word => "unresolved";
    }

    /// <summary>The issuer is paused and stays so: the call has not been answered, and counts as none of its retries.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Postponed(string Reason) : CallOutcome
    {
        internal override string Word => "postponed";
    }
}

/// <summary>What the issuer says of one issuance.</summary>
/// <param name="IssuanceOfferCode">Offer code.</param>
/// <param name="OfferId">As text, whether the answer had a number or a string.</param>
/// <param name="Miles">Whole miles.</param>
/// <param name="Status">The issuer's word, as it came; <c>PENDING</c> is the only documented one. Compare without regard to case.</param>
public sealed record IssuanceStatus(string? IssuanceOfferCode, string? OfferId, int? Miles, string? Status);

/// <summary>One attempt, fit for a journal: no token, no whole collector number.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">Until the answer was read or given up.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="ResponseCode">The issuer's code, when it gave one.</param>
/// <param name="Failure">Why the attempt gave no usable answer; null when it did.</param>
/// <param name="Response">The body, masked, at most 2 KB.</param>
public sealed record CallAttempt(
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    int? Status,
    string? ResponseCode,
    string? Failure,
    string? Response
);

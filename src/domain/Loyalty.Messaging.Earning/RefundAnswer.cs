namespace Loyalty.Messaging.Earning;

/// <summary>The answer to a refund: miles to take back, or why not.</summary>
public abstract record RefundAnswer
{
    RefundAnswer() { }

    /// <summary>The refund stands.</summary>
    /// <param name="Miles">What to take back per offer, each above 0; empty when there is nothing to take back.</param>
    public sealed record Granted(IReadOnlyList<OfferMiles> Miles) : RefundAnswer;

    /// <summary>The refund contradicts its order; nothing is taken back.</summary>
    /// <param name="Reason">A sentence that names the line or offer and says what to send instead.</param>
    public sealed record Refused(string Reason) : RefundAnswer;
}

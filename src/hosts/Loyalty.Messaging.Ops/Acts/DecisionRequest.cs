using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Collectors;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>What a person decides about an order or a refund.</summary>
internal record DecisionRequest
{
    /// <summary>Why, in a few words. Required; kept with the order for ever.</summary>
    public string? Reason { get; init; }

    /// <summary>Identifies the decision, so that it can be retried safely; made here when absent.</summary>
    public Guid? OperationId { get; init; }

    /// <summary>The miles that were looked at when it was weighed: with more it is not done. Null: any number.</summary>
    internal int? AtMost { get; init; }

    /// <summary>What it says that only two people may say together; null when nothing.</summary>
    internal virtual string? Statement => null;

    /// <summary>What cannot even be sent to the saga; the saga says what else is wrong.</summary>
    internal virtual RequestMistake? Mistake => null;

    /// <summary>What the audit keeps of what it says, when it says more than why; no whole collector number.</summary>
    internal virtual object? ForAudit => null;

    /// <summary>For whoever has to say yes to it.</summary>
    /// <param name="subject"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    internal virtual string Description(string subject) => $"Decide about {subject}";
}

/// <summary>Why a request is not taken, and in one word.</summary>
internal sealed record RequestMistake(string Title, string Sentence);

/// <summary>That the same call is made once more.</summary>
internal sealed record RetryRequest : DecisionRequest
{
    /// <summary>
    /// Also when the issuer may have forgotten the call's key (<c>Timing__KeyLifetime</c>), and would take it for another call: it may take
    /// effect twice.
    /// A second person has to say yes; without it such a retry is refused.
    /// </summary>
    public bool EvenIfForgotten { get; init; }

    internal override string? Statement =>
        EvenIfForgotten ? "it makes a call again whose key the issuer may have forgotten, and which may take effect twice" : null;

    internal override object? ForAudit => EvenIfForgotten ? new { EvenIfForgotten, OperationId } : null;

    internal override string Description(string subject) =>
        EvenIfForgotten ? $"Retry {subject}, even if the issuer has forgotten its key" : $"Retry {subject}";
}

/// <summary>
/// That the miles of a held order are issued as they are. Above <c>Ops__Approval__Miles</c> a second person has to say yes.
/// </summary>
internal sealed record OrderApprovalRequest : DecisionRequest
{
    internal override string Description(string subject) => $"Approve {subject}, which is held";
}

/// <summary>A cancellation.</summary>
internal sealed record CancellationRequest : DecisionRequest
{
    /// <summary>
    /// AIR MILES has confirmed that there is no such transaction. Only of use when a try of the call may have taken effect; without it,
    /// what the call may have done counts as done.
    /// A second person has to say yes.
    /// </summary>
    public bool NoEffect { get; init; }

    internal override string? Statement => NoEffect ? "it states that a call that may have taken effect has none" : null;

    internal override object? ForAudit => NoEffect ? new { NoEffect, OperationId } : null;

    internal override string Description(string subject) =>
        NoEffect ? $"Cancel {subject}: the issuer has no such transaction" : $"Cancel {subject}";
}

/// <summary>A correction: what is absent stays as it was.</summary>
internal sealed record CorrectionRequest : DecisionRequest
{
    /// <summary>11 digits, the first an 8.</summary>
    public string? CollectorNumber { get; init; }
    public string? LocationCode { get; init; }
    public string? DeviceId { get; init; }

    /// <summary>All offers, in place of those there were.</summary>
    public IReadOnlyList<CorrectedOffer>? Offers { get; init; }
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    internal override object ForAudit =>
        new
        {
            Collector = CollectorMask.OfNumber(CollectorNumber),
            LocationCode,
            DeviceId,
            Offers,
            Context = Context is null ? null : (int?)Context.Count,
            OperationId,
        };

    internal override RequestMistake? Mistake =>
        Context?.ContainsKey("") == true ? new RequestMistake("No name", "context: a name is empty") : null;

    internal override string Description(string subject) => $"Correct {subject}: {InWords}";

    /// <summary>What is changed, and to what.</summary>
    string InWords =>
        string.Join(
            "; ",
            (
                (string?[])
                    [
                        CollectorMask.OfNumber(CollectorNumber) is { } masked ? $"collector number {masked}" : null,
                        LocationCode is null ? null : $"location code {LocationCode}",
                        DeviceId is null ? null : $"device {DeviceId}",
                        Offers is null
                            ? null
                            : $"offers {string.Join(", ", Offers.Select(offer => $"{offer.IssuanceOfferCode} {offer.MilesAmount}"))}",
                        Context is null ? null : $"context of {Context.Count}",
                    ]
            ).Where(part => part is not null)
        );

    internal IReadOnlyList<OfferMiles>? Miles =>
        Offers is null
            ? null
            :
            [
                .. Offers.Select(offer => new OfferMiles(
                    offer.IssuanceOfferCode ?? "",
                    offer.OfferId,
                    offer.OfferDescription,
                    offer.MilesAmount
                )),
            ];
}

/// <summary>When a timer is to fire.</summary>
internal sealed record TimerRequest : DecisionRequest
{
    /// <summary>The new time; what is in the past fires now. Required, unless the timer is cancelled.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>No timer any more; a call whose next try is removed is suspended.</summary>
    public bool Cancel { get; init; }

    internal override object ForAudit =>
        new
        {
            DueAt,
            Cancel = Cancel ? true : (bool?)null,
            OperationId,
        };

    internal override RequestMistake? Mistake =>
        (DueAt is null) == Cancel ? null : new RequestMistake("No time", "say either dueAt, when the timer is to fire, or cancel: true");
}

/// <summary>Whole miles of one offer, above 0.</summary>
internal sealed record CorrectedOffer
{
    public string? IssuanceOfferCode { get; init; }
    public int MilesAmount { get; init; }
    public string? OfferId { get; init; }
    public string? OfferDescription { get; init; }
}

/// <summary>The decision is taken; the order's page shows what becomes of it.</summary>
internal sealed record DecisionTaken(Guid OperationId, string State);

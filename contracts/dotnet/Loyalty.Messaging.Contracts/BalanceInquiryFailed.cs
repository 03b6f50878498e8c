namespace Loyalty.Messaging.Contracts;

/// <summary>There are no balances to show and nothing to redeem.</summary>
public sealed record BalanceInquiryFailed
{
    /// <summary>The last four digits of the collector number; absent when the inquiry itself could not be read.</summary>
    public string? CollectorLast4 { get; init; }

    /// <summary>The issuer's code; 0096 when there was no answer; absent when it was not asked or gave none.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>
    /// <c>refused</c>, <c>invalid</c>, <c>later</c>, <c>outage</c>, <c>unavailable</c>, <c>unauthorized</c> or <c>undocumented</c>.
    /// </summary>
    public required string Outcome { get; init; }

    /// <summary>What the code means, or what is wrong with the inquiry.</summary>
    public required string Reason { get; init; }

    /// <summary>The issuer's message, or why there is none.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Who has to act: <c>collector</c> (airmiles.ca or the call centre), <c>caller</c> (ask later, or ask rightly), <c>operator</c> or
    /// <c>escalation</c>.
    /// </summary>
    public required string Actor { get; init; }

    /// <summary>Nothing may be shown, nothing offered.</summary>
    public required DisplayRules Display { get; init; }

    /// <summary>The 12 digits by which the issuer finds the inquiry; absent when it was never made.</summary>
    public string? TraceId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// A shop asks for a Collector's balances and what may be redeemed. A command to <see cref="WireNames.InquireBalance"/>, answered with
/// <see cref="BalanceInquired"/> or <see cref="BalanceInquiryFailed"/>. It has no effect: whoever gets no answer asks again.
/// </summary>
public sealed record InquireBalance
{
    /// <summary>The Collector's AIR MILES number: 11 digits, the first one 8.</summary>
    public required string CollectorNumber { get; init; }

    /// <summary>The basket after tax, in dollars: 0 to 10,000,000 with at most two decimal places.</summary>
    public required decimal Amount { get; init; }

    /// <summary>How the card came in: <c>SWIPE</c>, <c>SCAN</c> or <c>PREREGISTERED</c> (a web shop).</summary>
    public required string CardEntryMode { get; init; }

    /// <summary>Language of the issuer's message, for example <c>fr-CA</c>; absent means <c>en-CA</c>.</summary>
    public string? InstantMessage { get; init; }

    /// <summary>One of the partner's codes at the issuer; absent means the configured default.</summary>
    public string? SponsorCode { get; init; }

    /// <summary>The shop as the issuer knows it, 1 to 64 characters; absent means the configured default.</summary>
    public string? StoreId { get; init; }

    /// <summary>POS terminal, 1 to 64 characters; absent means the configured default.</summary>
    public string? DeviceId { get; init; }
}

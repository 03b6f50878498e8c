namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>
/// ECHO and INQUIRE. Neither has an effect, so neither has an idempotency key; what goes wrong is a value, only the caller's cancellation
/// is thrown.
/// </summary>
public interface IAmCashClient
{
    /// <summary>Whether the issuer is there: ECHO page.</summary>
    Task<EchoResult> EchoAsync(CancellationToken cancellationToken);

    /// <summary>Balances and offers of a collector: INQUIRE page.</summary>
    Task<InquiryResult> InquireAsync(Inquiry inquiry, CancellationToken cancellationToken);
}

/// <summary>What is asked about whom.</summary>
/// <param name="CollectorNumber">11 digits, the first one 8.</param>
/// <param name="Amount">The basket after tax, in dollars; 0 or more, two decimals.</param>
/// <param name="CardEntryMode"><c>SWIPE</c>, <c>SCAN</c> or <c>PREREGISTERED</c>.</param>
public sealed record Inquiry(string CollectorNumber, decimal Amount, string CardEntryMode)
{
    /// <summary>Language of the issuer's display message.</summary>
    /// <value>Default <c>en-CA</c>.</value>
    public string InstantMessage { get; init; } = "en-CA";

    /// <summary>Null: AirMiles__SponsorCode.</summary>
    public string? SponsorCode { get; init; }

    /// <summary>Null: AirMiles__StoreId.</summary>
    public string? StoreId { get; init; }

    /// <summary>Null: AirMiles__DeviceId.</summary>
    public string? DeviceId { get; init; }
}

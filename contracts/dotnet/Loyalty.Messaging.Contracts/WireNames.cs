namespace Loyalty.Messaging.Contracts;

/// <summary>
/// The names on the wire that other teams bind to. An approved file pins them: a change here is a new version of the contract.
/// </summary>
public static class WireNames
{
    /// <summary>Durable fanout exchange to which commerce publishes <see cref="Contracts.OrderCompleted"/>.</summary>
    public const string OrderCompleted = "commerce.order-completed";

    /// <summary>Durable fanout exchange to which commerce publishes <see cref="Contracts.OrderRefunded"/>.</summary>
    public const string OrderRefunded = "commerce.order-refunded";

    /// <summary>Everything given up ends here; a durable fanout exchange and a quorum queue of the same name.</summary>
    public const string DeadLetters = "loyalty.dead-letters";

    /// <summary>Command queue of <see cref="RunEcho"/>, answered with <see cref="EchoRan"/>.</summary>
    public const string Echo = "loyalty.echo";

    /// <summary>
    /// Command queue of <see cref="Contracts.InquireBalance"/>, answered with <see cref="BalanceInquired"/> or
    /// <see cref="BalanceInquiryFailed"/>.
    /// </summary>
    public const string InquireBalance = "loyalty.inquire-balance";

    public const string MilesIssued = "loyalty.miles-issued";
    public const string MilesIssuanceRejected = "loyalty.miles-issuance-rejected";
    public const string MilesIssuanceSuspended = "loyalty.miles-issuance-suspended";
    public const string MilesNotEarned = "loyalty.miles-not-earned";
    public const string MilesReversed = "loyalty.miles-reversed";
    public const string MilesReversalRejected = "loyalty.miles-reversal-rejected";
    public const string MilesReversalSuspended = "loyalty.miles-reversal-suspended";
    public const string MilesReversalNotRequired = "loyalty.miles-reversal-not-required";

    /// <summary>The exchanges we publish to, by the record that is published there.</summary>
    public static IReadOnlyDictionary<Type, string> Published { get; } =
        new Dictionary<Type, string>
        {
            [typeof(MilesIssued)] = MilesIssued,
            [typeof(MilesIssuanceRejected)] = MilesIssuanceRejected,
            [typeof(MilesIssuanceSuspended)] = MilesIssuanceSuspended,
            [typeof(MilesNotEarned)] = MilesNotEarned,
            [typeof(MilesReversed)] = MilesReversed,
            [typeof(MilesReversalRejected)] = MilesReversalRejected,
            [typeof(MilesReversalSuspended)] = MilesReversalSuspended,
            [typeof(MilesReversalNotRequired)] = MilesReversalNotRequired,
        };
}

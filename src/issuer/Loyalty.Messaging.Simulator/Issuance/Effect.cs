namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>One change of a collector's balance. The ledger is the list of these and nothing else.</summary>
internal sealed record Effect
{
    public const string Issue = "issue";
    public const string Reverse = "reverse";

    public required long Sequence { get; init; }

    public required string Kind { get; init; }

    public required string ClientTransactionId { get; init; }

    public string? OriginalClientTransactionId { get; init; }

    public required string CollectorNumber { get; init; }

    public required string SponsorCode { get; init; }

    public required IReadOnlyList<OfferMiles> Issuances { get; init; }

    public required long Miles { get; init; }

    public required string TransactionId { get; init; }

    public required string IdempotencyKey { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Miles under one offer, as the request told them.</summary>
internal sealed record OfferMiles
{
    public required string IssuanceOfferCode { get; init; }

    public required string LocationCode { get; init; }

    public required long MilesAmount { get; init; }

    public string? OfferDescription { get; init; }

    public string? OfferId { get; init; }
}

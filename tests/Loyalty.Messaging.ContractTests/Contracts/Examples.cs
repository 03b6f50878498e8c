using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>One example of each event we publish; they tell the story of the order and the refund in contracts/examples.</summary>
internal static class Examples
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
        };

    static readonly DateTimeOffset At = new(2026, 11, 21, 20, 4, 6, 250, TimeSpan.Zero);
    static readonly OfferOutcome Issued = new()
    {
        IssuanceOfferCode = "STANDARD",
        MilesAmount = 8,
        Status = "COMPLETED",
    };
    static readonly OfferOutcome Reversed = new()
    {
        IssuanceOfferCode = "STANDARD",
        MilesAmount = 4,
        Status = "COMPLETED",
    };

    public static IReadOnlyDictionary<Type, object> Published { get; } =
        new object[]
        {
            new MilesIssued
            {
                EventId = Id(1),
                OrderId = "W-1001",
                ClientTransactionId = "I-W-1001",
                TransactionId = "ae93e3c0-7ebf-4c9f-98f7-e844bf34270a",
                SponsorCode = "KENY",
                CollectorLast4 = "2028",
                Miles = 8,
                Issuances = [Issued],
                Pending = false,
                OccurredAt = At,
            },
            new MilesIssuanceRejected
            {
                EventId = Id(2),
                OrderId = "W-1001",
                ClientTransactionId = "I-W-1001",
                SponsorCode = "KENY",
                CollectorLast4 = "2028",
                Miles = 8,
                Issuances = [Issued with { Status = null }],
                ResponseCode = "11",
                Reason = "The collector number is not valid",
                OccurredAt = At,
            },
            new MilesIssuanceSuspended
            {
                EventId = Id(3),
                OrderId = "W-1001",
                ClientTransactionId = "I-W-1001",
                SponsorCode = "KENY",
                CollectorLast4 = "2028",
                Miles = 8,
                Issuances = [Issued with { Status = null }],
                Reason = "The issuer answered 503",
                OccurredAt = At,
            },
            new MilesNotEarned
            {
                EventId = Id(4),
                OrderId = "W-1001",
                SponsorCode = "KENY",
                CollectorLast4 = "2028",
                OccurredAt = At,
            },
            new MilesReversed
            {
                EventId = Id(5),
                OrderId = "W-1001",
                RefundId = "RF-77",
                ClientTransactionId = "R-RF-77",
                OriginalClientTransactionId = "I-W-1001",
                TransactionId = "666949a5-68d5-4923-bae1-be9ec9a6d570",
                SponsorCode = "KENY",
                CollectorLast4 = "2028",
                Miles = 4,
                Issuances = [Reversed],
                Pending = false,
                OccurredAt = At.AddDays(1),
            },
            new MilesReversalRejected
            {
                EventId = Id(6),
                OrderId = "W-1001",
                RefundId = "RF-77",
                ClientTransactionId = "R-RF-77",
                OriginalClientTransactionId = "I-W-1001",
                SponsorCode = "KENY",
                Issuances = [Reversed with { Status = null }],
                ResponseCode = "11",
                Reason = "The original transaction is not known",
                OccurredAt = At.AddDays(1),
            },
            new MilesReversalSuspended
            {
                EventId = Id(7),
                OrderId = "W-1001",
                RefundId = "RF-77",
                ClientTransactionId = "R-RF-77",
                OriginalClientTransactionId = "I-W-1001",
                SponsorCode = "KENY",
                Issuances = [Reversed with { Status = null }],
                Reason = "The issuer answered 503",
                OccurredAt = At.AddDays(1),
            },
            new BalanceInquired
            {
                CollectorLast4 = "2028",
                ResponseCode = "0000",
                Meaning = "approved",
                Message = "Approved",
                Display = new DisplayRules
                {
                    BalancesOnReceipt = true,
                    BalancesOnTerminal = false,
                    OfferRedemption = true,
                },
                CashBalance = 120,
                DreamBalance = 545,
                AvailableCashBalance = 95,
                AvailableDollarAmount = 10,
                Offer = new RedemptionOffer
                {
                    AvailableUnits = 1,
                    DailyUnits = 10,
                    UnitMiles = 95,
                    UnitDollars = 10.00m,
                    OfferId = "1111111111",
                    OfferType = "RGL",
                    DescriptionEn = "Sample offer description in English.",
                    DescriptionFr = "Exemple de description de l'offre.",
                },
                TraceId = "000012345678",
                OccurredAt = At,
            },
            new BalanceInquiryFailed
            {
                CollectorLast4 = "2028",
                ResponseCode = "0002",
                Outcome = "refused",
                Reason = "the collector's account is not active",
                Message = "Collector account inactive",
                Actor = "collector",
                Display = DisplayRules.None,
                TraceId = "000012345678",
                OccurredAt = At,
            },
            new MilesReversalNotRequired
            {
                EventId = Id(8),
                OrderId = "W-1001",
                RefundId = "RF-77",
                Reason = "The order earned no miles",
                OccurredAt = At.AddDays(1),
            },
        }.ToDictionary(example => example.GetType());

    static Guid Id(byte last) => new(0x0e41363c, 0x7e99, 0x4b69, 0xa3, 0xab, 0x85, 0x93, 0xa2, 0x7c, 0xf4, last);
}

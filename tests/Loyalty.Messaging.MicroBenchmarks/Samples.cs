using System.Text;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>An order of three lines and what becomes of it.</summary>
internal static class Samples
{
    static readonly DateTimeOffset At = new(2026, 11, 21, 15, 4, 5, 123, TimeSpan.FromHours(-5));

    public static readonly byte[] OrderCompleted = Encoding.UTF8.GetBytes(
        """
        {"eventId":"event-1","orderId":"ORDER-2026-000123","collectorNumber":"80085102028","completedAt":"2026-11-21T15:04:05.123-05:00","sponsorCode":"KENY","locationCode":"0037","deviceId":"POS-7",
        "currency":"CAD","lines":[{"lineId":"1","sku":"SKU-1","category":"grocery","quantity":2,"amount":63.98},{"lineId":"2","sku":"SKU-2","category":"pharmacy","quantity":1,"amount":24.5},
        {"lineId":"3","sku":"SKU-3","category":"gift-card","quantity":1,"amount":75.5}],"coupons":["SAVE10"],"context":{"channel":"web"}}
        """
    );

    public static readonly byte[] OrderRefunded = Encoding.UTF8.GetBytes(
        """{"eventId":"event-2","refundId":"REFUND-2026-000123","orderId":"ORDER-2026-000123","refundedAt":"2026-11-22T09:00:00-05:00","lines":[{"lineId":"1","quantity":1}],"reason":"damaged"}"""
    );

    public static readonly EarnRules BaseOnly = new();

    public static readonly EarnRules WithBonuses = new()
    {
        Base = new BaseRule { ExcludedCategories = ["gift-card"] },
        Bonuses =
        [
            new BonusRule
            {
                Categories = ["grocery"],
                Multiplier = 2m,
                IssuanceOfferCode = "DOUBLE",
            },
            new BonusRule
            {
                Coupons = ["SAVE10"],
                Threshold = 50m,
                Miles = 25,
                IssuanceOfferCode = "COUPON",
            },
            new BonusRule
            {
                Skus = ["SKU-2"],
                Step = 10m,
                Miles = 1,
                IssuanceOfferCode = "SKU",
            },
        ],
    };

    public static readonly Basket Basket = new(
        [new("1", "SKU-1", "grocery", 2, 63.98m), new("2", "SKU-2", "pharmacy", 1, 24.50m), new("3", "SKU-3", "gift-card", 1, 75.50m)],
        ["SAVE10"],
        At,
        new DateOnly(2026, 11, 21)
    );

    public static readonly EventTransaction Call = new()
    {
        ClientTransactionId = "I-ORDER-2026-000123",
        CollectorNumber = "80085102028",
        Context = new Dictionary<string, string> { ["channel"] = "web" },
        Coupons = ["SAVE10"],
        DeviceId = "POS-7",
        Issuances = [new("STANDARD", "0037", 8, null, null)],
        SponsorCode = "KENY",
        TransactionDateTime = At,
    };

    public const string Response =
        """{"clientTransactionId":"I-ORDER-2026-000123","collectorNumber":"80085102028","coupon":["SAVE10"],"deviceId":"POS-7","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8,"status":"COMPLETED"}],"sponsorCode":"KENY","transactionDateTime":"2026-11-24T05:19:40.701-05:00","transactionId":"506243e5-1e74-4d80-b12a-dd3b37b15a14"}""";

    public static MilesIssued MilesIssued { get; } =
        new()
        {
            EventId = new Guid("ec2f3029-d9ae-859a-b9f8-4c3c881c3819"),
            OrderId = "ORDER-2026-000123",
            ClientTransactionId = "I-ORDER-2026-000123",
            TransactionId = "506243e5-1e74-4d80-b12a-dd3b37b15a14",
            SponsorCode = "KENY",
            CollectorLast4 = "2028",
            Miles = 8,
            Issuances =
            [
                new OfferOutcome
                {
                    IssuanceOfferCode = "STANDARD",
                    MilesAmount = 8,
                    Status = "COMPLETED",
                },
            ],
            Pending = false,
            OccurredAt = At,
        };

    public static IssuanceState Issuance() =>
        new()
        {
            CorrelationId = DeterministicId.OfOrder("ORDER-2026-000123"),
            CurrentState = "Issued",
            Version = 2,
            OrderId = "ORDER-2026-000123",
            ContentHash = new byte[32],
            CollectorNumber = "80085102028",
            SponsorCode = "KENY",
            LocationCode = "0037",
            DeviceId = "POS-7",
            CompletedAt = At,
            Order = new FrozenOrder(
                new IssuedMiles
                {
                    Basket = Basket,
                    Rules = BaseOnly,
                    Offers = [new OfferMiles("STANDARD", null, null, 8)],
                },
                new Dictionary<string, string> { ["channel"] = "web" }
            ),
            Miles = 8,
            Revision = 1,
            ClientTransactionId = "I-ORDER-2026-000123",
            IdempotencyKey = IdempotencyKey.For("issue", "ORDER-2026-000123", 1),
            RequestBody = Call.Freeze(),
            TransactionId = "506243e5-1e74-4d80-b12a-dd3b37b15a14",
            RequestedAt = At,
            TransactionDay = new DateOnly(2026, 11, 21),
            CalledAt = At,
            UpdatedAt = At,
        };
}

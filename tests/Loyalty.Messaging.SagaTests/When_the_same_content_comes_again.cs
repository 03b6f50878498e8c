using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas.Content;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>What counts as the same content under one business key, and that fingerprints in the database stay valid.</summary>
public sealed class When_the_same_content_comes_again
{
    static readonly OrderCompleted Order = new()
    {
        EventId = "e",
        OrderId = "W-1001",
        CollectorNumber = "80085102028",
        CompletedAt = At("2026-11-21T15:04:05.123-05:00"),
        SponsorCode = "KENY",
        LocationCode = "0037",
        DeviceId = "POS-7",
        Currency = "CAD",
        Lines =
        [
            new()
            {
                LineId = "2",
                Sku = "SKU-2",
                Quantity = 1m,
                Amount = 20.00m,
            },
            new()
            {
                LineId = "1",
                Sku = "SKU-1",
                Category = "grocery",
                Quantity = 2m,
                Amount = 163.98m,
            },
        ],
        Issuances =
        [
            new()
            {
                IssuanceOfferCode = "STANDARD",
                MilesAmount = 9,
                OfferId = "7",
                OfferDescription = "Fête <1>",
                LineIds = ["2", "1"],
            },
        ],
        Coupons = ["SAVE10", "A"],
        Context = new Dictionary<string, string> { ["channel"] = "web", ["b"] = "é\n" },
    };

    static readonly OrderCompleted Smallest = new()
    {
        OrderId = "W-1",
        CollectorNumber = "80085102028",
        CompletedAt = At("2026-11-21T00:00:00Z"),
        LocationCode = "1",
        Lines =
        [
            new()
            {
                LineId = "1",
                Quantity = 1m,
                Amount = 20m,
            },
        ],
    };

    static readonly OrderRefunded Refund = new()
    {
        EventId = "e",
        RefundId = "RF-77",
        OrderId = "W-1001",
        RefundedAt = At("2026-11-22T09:00:00-05:00"),
        Lines =
        [
            new()
            {
                LineId = "1",
                Quantity = 1m,
                Amount = 81.99m,
            },
            new() { LineId = "2" },
        ],
        Reason = "damaged",
    };

    static readonly OrderRefunded FullRefund = new()
    {
        RefundId = "RF-78",
        OrderId = "W-1001",
        RefundedAt = At("2026-11-22T09:00:00-05:00"),
        Full = true,
    };

    /// <summary>
    /// These stand in databases: whoever changes one makes conflicts of all that is known by it. A new form gets a new version.
    /// </summary>
    [Fact]
    public void Fingerprints_stay_what_they_are()
    {
        Assert.Equal("02106A248C61882BA1BF26B2CBE292A2BF0F5584A4ED63432180D818F46180611F", Convert.ToHexString(ContentHash.Of(Order)));
        Assert.Equal("02BA708DB8839DADC00196BDBC47B2F264D1FE0B72D24A4162FDA1A94B0386EC75", Convert.ToHexString(ContentHash.Of(Smallest)));
        Assert.Equal("02387A7874155104915AF078CD187CA34EA43F5FAFD711113C7E2F09526AC5E0A8", Convert.ToHexString(ContentHash.Of(Refund)));
        Assert.Equal("02D36C99B0A9DA0DC10D08F85A38F33B2010072DA4207508F26C6B8268BA0C5924", Convert.ToHexString(ContentHash.Of(FullRefund)));
    }

    [Fact]
    public void What_is_known_by_a_fingerprint_of_the_first_version_is_recognised()
    {
        Assert.True(ContentHash.IsOf(Order, Convert.FromHexString("FCB7E0B1B779616CDB7C0FC2877A337EA6605E2E38CD9B2AF4C3A506FA8198A1")));
        Assert.True(ContentHash.IsOf(Smallest, Convert.FromHexString("A647A97242AA173A9F1B90F6D48EDBFA5871BD81801D28033CA1F6E8C3AFF144")));
        Assert.True(ContentHash.IsOf(Refund, Convert.FromHexString("EAB0036244E46DE2C423BABCE6724A1043E8C5434533CD5A37CC6B23FE7ABEB8")));
        Assert.True(
            ContentHash.IsOf(FullRefund, Convert.FromHexString("0CA84A0ADBE4F6B74E130FDDBC752BC3229C85480FC35F4AF37881749D19BF65"))
        );
        Assert.False(
            ContentHash.IsOf(
                Order with
                {
                    LocationCode = "0038",
                },
                Convert.FromHexString("FCB7E0B1B779616CDB7C0FC2877A337EA6605E2E38CD9B2AF4C3A506FA8198A1")
            )
        );
    }

    [Fact]
    public void Spelling_order_offsets_and_the_publication_make_no_difference()
    {
        var known = ContentHash.Of(Order);

        Assert.All(
            new Dictionary<string, OrderCompleted>
            {
                ["another publication"] = Order with { EventId = "f" },
                ["zeros at the end"] = Order with
                {
                    Lines = [Order.Lines[0] with { Amount = 20m, Quantity = 1.000m }, Order.Lines[1] with { Amount = 163.9800m }],
                },
                ["another offset"] = Order with { CompletedAt = At("2026-11-21T20:04:05.1230Z") },
                ["lines in another order"] = Order with { Lines = [.. Order.Lines.Reverse()] },
                ["coupons in another order"] = Order with { Coupons = ["A", "SAVE10"] },
                ["lines of an offer in another order"] = Order with { Issuances = [Order.Issuances[0] with { LineIds = ["1", "2"] }] },
                ["context in another order"] = Order with
                {
                    Context = new Dictionary<string, string> { ["b"] = "é\n", ["channel"] = "web" },
                },
            },
            same => Assert.True(ContentHash.IsOf(same.Value, known), same.Key)
        );
        Assert.True(ContentHash.IsOf(Smallest with { Currency = "", Issuances = [], Coupons = [] }, ContentHash.Of(Smallest)));
        Assert.True(
            ContentHash.IsOf(
                Refund with
                {
                    Lines = [.. Refund.Lines.Reverse()],
                    RefundedAt = At("2026-11-22T14:00:00Z"),
                },
                ContentHash.Of(Refund)
            )
        );
    }

    [Fact]
    public void Whatever_means_something_else_is_other_content()
    {
        OrderCompleted[] orders =
        [
            Order,
            Order with
            {
                OrderId = "W-1002",
            },
            Order with
            {
                CollectorNumber = "80085102036",
            },
            Order with
            {
                CompletedAt = Order.CompletedAt.AddTicks(1),
            },
            Order with
            {
                SponsorCode = null,
            },
            Order with
            {
                LocationCode = "0038",
            },
            Order with
            {
                DeviceId = "KENY",
                SponsorCode = "POS-7",
            },
            Order with
            {
                Currency = null,
            },
            Order with
            {
                Lines = [Order.Lines[0]],
            },
            Order with
            {
                Lines = [Order.Lines[0] with { Sku = null, Category = "SKU-2" }, Order.Lines[1]],
            },
            Order with
            {
                Lines = [Order.Lines[0] with { Quantity = 20m, Amount = 1m }, Order.Lines[1]],
            },
            Order with
            {
                Lines = [Order.Lines[0] with { Amount = 20.000001m }, Order.Lines[1]],
            },
            Order with
            {
                Issuances = [],
            },
            Order with
            {
                Issuances = [Order.Issuances[0] with { MilesAmount = 10 }],
            },
            Order with
            {
                Issuances = [Order.Issuances[0] with { OfferId = null }],
            },
            Order with
            {
                Issuances = [Order.Issuances[0] with { OfferDescription = null }],
            },
            Order with
            {
                Issuances = [Order.Issuances[0] with { LineIds = null }],
            },
            Order with
            {
                Coupons = ["SAVE10"],
            },
            Order with
            {
                Coupons = ["SAVE10", "A", "A"],
            },
            Order with
            {
                Coupons = ["SAVE10", "A\ncoupons 1 A"],
            },
            Order with
            {
                Context = new Dictionary<string, string> { ["channel"] = "é\n", ["b"] = "web" },
            },
        ];
        OrderRefunded[] refunds =
        [
            Refund,
            FullRefund,
            Refund with
            {
                RefundId = "RF-79",
            },
            Refund with
            {
                OrderId = "W-1002",
            },
            Refund with
            {
                Lines = [Refund.Lines[0]],
            },
            Refund with
            {
                Lines = [Refund.Lines[0] with { Quantity = null }, Refund.Lines[1]],
            },
            Refund with
            {
                Lines = [Refund.Lines[0] with { Quantity = null, Amount = 1m }, Refund.Lines[1]],
            },
            Refund with
            {
                Reason = null,
            },
        ];

        var hashes = orders.Select(ContentHash.Of).Concat(refunds.Select(ContentHash.Of)).Select(Convert.ToHexString).ToList();

        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

using System.Text;
using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class FreezeTests
{
    static readonly EventTransaction Smallest = new()
    {
        ClientTransactionId = "111112314",
        CollectorNumber = "80085102028",
        Issuances = [new EventIssuance("STANDARD", "0037", 8, null, null)],
        SponsorCode = "KENY",
        TransactionDateTime = new DateTimeOffset(2021, 11, 9, 16, 4, 45, 930, TimeSpan.FromHours(-5)),
    };

    [Fact]
    public void All_members_are_the_issuers_sample() =>
        Assert.Equal(
            """{"clientTransactionId":"111112314","collectorNumber":"80085102028","context":{"Z":"1","key1":"value1","key2":"é\"+"},"coupon":["coupon","B"],"deviceId":"string","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8,"offerDescription":"offer","offerId":22},{"issuanceOfferCode":"BONUS","locationCode":"0037","milesAmount":1,"offerId":"B-1"}],"originalClientTransactionId":"12340001111","sponsorCode":"KENY","transactionDateTime":"2021-11-09T21:04:45.930Z"}""",
            Text(
                Smallest with
                {
                    Context = new Dictionary<string, string>
                    {
                        ["key2"] = "é\"+",
                        ["key1"] = "value1",
                        ["Z"] = "1",
                    },
                    Coupons = ["coupon", "B"],
                    DeviceId = "string",
                    Issuances =
                    [
                        new EventIssuance("STANDARD", "0037", 8, "offer", "22"),
                        new EventIssuance("BONUS", "0037", 1, null, "B-1"),
                    ],
                    OriginalClientTransactionId = "12340001111",
                }
            )
        );

    [Fact]
    public void Absent_and_empty_members_are_left_out()
    {
        const string expected =
            """{"clientTransactionId":"111112314","collectorNumber":"80085102028","issuances":[{"issuanceOfferCode":"STANDARD","locationCode":"0037","milesAmount":8}],"sponsorCode":"KENY","transactionDateTime":"2021-11-09T21:04:45.930Z"}""";

        Assert.Equal(expected, Text(Smallest));
        Assert.Equal(
            expected,
            Text(
                Smallest with
                {
                    Context = new Dictionary<string, string>(),
                    Coupons = [],
                    DeviceId = "",
                    OriginalClientTransactionId = "",
                    Issuances = [new EventIssuance("STANDARD", "0037", 8, "", "")],
                }
            )
        );
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_context()
    {
        var there = new Dictionary<string, string>
        {
            ["a"] = "1",
            ["b"] = "2",
            ["B"] = "3",
        };
        var back = there.Reverse().ToDictionary();

        Assert.Equal((Smallest with { Context = there }).Freeze(), (Smallest with { Context = back }).Freeze());
    }

    [Theory]
    [InlineData("22", "22")]
    [InlineData("0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "\"9223372036854775808\"")]
    [InlineData("007", "\"007\"")]
    [InlineData("-5", "\"-5\"")]
    [InlineData("+5", "\"+5\"")]
    [InlineData(" 5", "\" 5\"")]
    [InlineData("1e3", "\"1e3\"")]
    [InlineData("22.0", "\"22.0\"")]
    public void An_offerId_is_a_number_only_when_it_comes_back_the_same(string offerId, string written)
    {
        var transaction = Smallest with { Issuances = [new EventIssuance("STANDARD", "0037", 8, null, offerId)] };

        Assert.Contains($"\"offerId\":{written}}}", Text(transaction), StringComparison.Ordinal);
        Assert.Contains(
            $"\"offerId\":\"{offerId}\"}}",
            Encoding.UTF8.GetString(transaction.Freeze(OfferIdFormat.String)),
            StringComparison.Ordinal
        );
    }

    static string Text(EventTransaction transaction) => Encoding.UTF8.GetString(transaction.Freeze());
}

using System.Text.Json.Nodes;

namespace Loyalty.Messaging.ContractTests.Simulator;

internal static class Requests
{
    public const string Collector = "80085102028";
    public const string OtherCollector = "84095202006";
    public const string RejectedCollector = "80000000001";

    public static JsonObject Issuance(string transaction, long miles = 8, string collector = Collector) =>
        new()
        {
            ["clientTransactionId"] = transaction,
            ["collectorNumber"] = collector,
            ["context"] = new JsonObject { ["channel"] = "web" },
            ["coupon"] = new JsonArray("SAVE10"),
            ["deviceId"] = "POS-7",
            ["issuances"] = new JsonArray(Offer("STANDARD", miles)),
            ["sponsorCode"] = "KENY",
            ["transactionDateTime"] = "2021-11-09T21:04:45.930Z",
        };

    public static JsonObject Reversal(string transaction, string original, long miles, string collector = Collector)
    {
        var body = Issuance(transaction, miles, collector);
        body["originalClientTransactionId"] = original;
        return body;
    }

    public static JsonObject Offer(string code, long miles, int offerId = 22) =>
        new()
        {
            ["issuanceOfferCode"] = code,
            ["locationCode"] = "0037",
            ["milesAmount"] = miles,
            ["offerDescription"] = "offer",
            ["offerId"] = offerId,
        };

    public static JsonObject Echo() =>
        new()
        {
            ["deviceId"] = "001",
            ["sponsorCode"] = "KENY",
            ["storeId"] = "0001",
            ["traceId"] = "000012345678",
            ["vendorId"] = "100087",
        };

    public static JsonObject Inquiry(string collector = Collector)
    {
        var body = Echo();
        body["acquirerId"] = "100000";
        body["cardEntryMode"] = "SWIPE";
        body["collectorNumber"] = collector;
        body["dateTime"] = "1972-07-16T13:32:00+0400";
        body["instantMessage"] = "en-CA";
        body["postTaxBasketAmount"] = "16.12";
        return body;
    }
}

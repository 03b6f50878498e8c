using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace FirstOrder;

/// <summary>The example order and refund of the contract, as new ones: ids that were never used, completed just now.</summary>
internal sealed record Example(string OrderId, string RefundId, JsonNode Order, JsonNode Refund)
{
    public static Example Read(string folder, TimeProvider time)
    {
        var now = time.GetLocalNow();
        var suffix =
            $"-{now.ToString("yyMMddHHmmss", CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
        var order = Load(Path.Combine(folder, "order-completed.json"));
        var refund = Load(Path.Combine(folder, "order-refunded.json"));
        var orderId = (string)order["orderId"]! + suffix;
        var refundId = (string)refund["refundId"]! + suffix;

        order["eventId"] = Guid.NewGuid().ToString();
        order["orderId"] = orderId;
        order["completedAt"] = now.ToString("O", CultureInfo.InvariantCulture);
        refund["eventId"] = Guid.NewGuid().ToString();
        refund["orderId"] = orderId;
        refund["refundId"] = refundId;
        refund["refundedAt"] = now.ToString("O", CultureInfo.InvariantCulture);
        return new Example(orderId, refundId, order, refund);
    }

    static JsonNode Load(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!;
        }
        catch (IOException exception)
        {
            throw new FirstOrderException($"the example cannot be read: {exception.Message}");
        }
    }
}

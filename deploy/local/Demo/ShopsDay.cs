using System.Globalization;

namespace Demo;

/// <summary>
/// A shop's events of a few hours, always the same ones: orders, refunds, and what goes wrong in between. Ids are new with every run, so
/// that a second day adds to the first.
/// </summary>
internal sealed class ShopsDay(TimeProvider time)
{
    const int OrdinaryOrders = 260;
    static readonly string[] Stores = ["0037", "0042", "0101", "1100"];
    static readonly string[] Categories = ["grocery", "household", "garden", "pharmacy"];
    readonly Random _random = new(7);
    readonly string _day = time.GetUtcNow().ToString("ddHHmmss", CultureInfo.InvariantCulture);

    public int Orders { get; private set; }
    public int Refunds { get; private set; }
    public int Broken { get; private set; }
    public int Conflicts { get; private set; }

    public IEnumerable<(string Exchange, Dictionary<string, object> Body)> Events()
    {
        for (var number = 1; number <= OrdinaryOrders; number++)
        {
            var order = Order($"W-{_day}-{number:D4}");
            yield return Completed(order);
            if (_random.Next(5) == 0)
                yield return Refunded(order, full: _random.Next(3) == 0);
            if (number % 60 == 0)
            {
                Conflicts++;
                yield return (
                    "commerce.order-completed",
                    new Dictionary<string, object>(order) { ["eventId"] = Guid.NewGuid().ToString(), ["locationCode"] = "0999" }
                );
            }
        }
        foreach (var prefix in (string[])[IssuersDay.Slow, IssuersDay.Pending, IssuersDay.Refused])
            for (var number = 1; number <= 7; number++)
                yield return Completed(Order($"{prefix}{_day}-{number}"));
        for (var number = 1; number <= 3; number++)
            yield return Refunded(Order($"W-LATE-{_day}-{number}"), full: true);
        for (var number = 1; number <= 42; number++)
        {
            Broken++;
            var order = Order($"W-TILL9-{_day}-{number:D2}");
            order.Remove("locationCode");
            yield return ("commerce.order-completed", order);
        }
    }

    (string, Dictionary<string, object>) Completed(Dictionary<string, object> order)
    {
        Orders++;
        return ("commerce.order-completed", order);
    }

    (string, Dictionary<string, object>) Refunded(Dictionary<string, object> order, bool full)
    {
        Refunds++;
        var refund = new Dictionary<string, object>
        {
            ["eventId"] = Guid.NewGuid().ToString(),
            ["refundId"] = $"RF-{order["orderId"]}",
            ["orderId"] = order["orderId"],
            ["refundedAt"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            ["reason"] = full ? "changed their mind" : "damaged",
        };
        if (full)
            refund["full"] = true;
        else
            refund["lines"] = new[] { new { lineId = "1", quantity = 1 } };
        return ("commerce.order-refunded", refund);
    }

    Dictionary<string, object> Order(string orderId) =>
        new()
        {
            ["eventId"] = Guid.NewGuid().ToString(),
            ["orderId"] = orderId,
            ["collectorNumber"] = Collector(),
            ["completedAt"] = time.GetUtcNow().AddMinutes(-_random.Next(90)).ToString("O", CultureInfo.InvariantCulture),
            ["sponsorCode"] = "KENY",
            ["locationCode"] = Stores[_random.Next(Stores.Length)],
            ["deviceId"] = $"POS-{_random.Next(1, 12)}",
            ["currency"] = "CAD",
            ["lines"] = Enumerable
                .Range(1, _random.Next(1, 5))
                .Select(line => new
                {
                    lineId = line.ToString(CultureInfo.InvariantCulture),
                    sku = $"SKU-{_random.Next(1, 400)}",
                    category = Categories[_random.Next(Categories.Length)],
                    quantity = _random.Next(1, 4),
                    amount = Math.Round((decimal)_random.NextDouble() * 180 + 4, 2),
                })
                .ToArray(),
        };

    /// <summary>Eleven digits with their check digit.</summary>
    string Collector()
    {
        int[] weights = [6, 5, 4, 3, 8, 7, 6, 5, 4, 3];
        int[] digits = [8, .. Enumerable.Range(0, 9).Select(_ => _random.Next(10))];
        var rest = digits.Zip(weights, (digit, weight) => digit * weight).Sum() % 11;
        return string.Concat(digits) + (rest < 2 ? 0 : 11 - rest).ToString(CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks;

/// <summary>Publishes orders and waits until the event of each has been heard; one in five is refunded in half.</summary>
internal sealed class Flood(LoyaltySystem system)
{
    const int Publishers = 8;
    int _series;

    /// <summary>As fast as they go.</summary>
    /// <returns>How long it took from the first publication to the last event.</returns>
    public async Task<TimeSpan> RunAsync(int orders)
    {
        var series = _series++;
        var before = system.Events.All.Count;
        var refunds = orders / 5;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            await using var commerce = new Commerce(system.Vhost);
            for (var number = publisher; number < orders; number += Publishers)
            {
                await commerce.CompleteAsync(Order(series, number));
                if (number % 5 == 0)
                    await commerce.RefundAsync(Commerce.Refund($"R{series}-{number}", $"B{series}-{number}"));
            }
        }));
        await Eventually.SeeAsync(() => Task.FromResult(system.Events.All.Count - before), heard => heard >= orders + refunds, "every event", TimeSpan.FromMinutes(10));
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Open loop at a rate: who is late does not slow the next one down.</summary>
    /// <returns>Milliseconds from each publication to its event, sorted.</returns>
    public async Task<double[]> PaceAsync(int orders, double perSecond)
    {
        var series = _series++;
        var published = new long[orders];
        var before = system.Events.All.Count;
        await using var commerce = new Commerce(system.Vhost);
        var started = Stopwatch.GetTimestamp();
        var sending = new List<Task>(orders);
        for (var number = 0; number < orders; number++)
        {
            var wait = TimeSpan.FromSeconds(number / perSecond) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, TimeProvider.System);
            published[number] = Stopwatch.GetTimestamp();
            sending.Add(commerce.CompleteAsync(Order(series, number)));
        }
        await Task.WhenAll(sending);
        await Eventually.SeeAsync(() => Task.FromResult(system.Events.All.Count - before), heard => heard >= orders, "every event", TimeSpan.FromMinutes(5));
        var prefix = $"B{series}-";
        return [.. system.Events.From("loyalty.miles-issued")
            .Select(heard => (heard.At, Order: heard.Json.GetProperty("orderId").GetString()!))
            .Where(heard => heard.Order.StartsWith(prefix, StringComparison.Ordinal))
            .Select(heard => Stopwatch.GetElapsedTime(published[int.Parse(heard.Order[prefix.Length..], null)], heard.At).TotalMilliseconds)
            .Order()];
    }

    static Dictionary<string, object> Order(int series, int number) => Commerce.Order($"B{series}-{number}", $"8{series:00}{number:00000000}");
}

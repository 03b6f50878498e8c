using System.Diagnostics;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;

namespace Loyalty.Messaging.Benchmarks.Load;

/// <summary>The side of commerce and of who subscribes to the outcomes: one publisher, one listener, a connection each.</summary>
internal sealed class CommerceLoad : IAsyncDisposable
{
    const string OrderCompleted = "commerce.order-completed";
    const string OrderRefunded = "commerce.order-refunded";
    readonly IConnection _publishing;
    readonly IConnection _listening;
    readonly ConfirmedChannel _channel;

    CommerceLoad(IConnection publishing, IConnection listening, ConfirmedChannel channel, OutcomeListener listener, int firstSeries)
    {
        (_publishing, _listening, _channel, Listener) = (publishing, listening, channel, listener);
        FirstSeries = NextSeries = firstSeries;
    }

    public OutcomeListener Listener { get; }

    public int FirstSeries { get; }
    public int NextSeries { get; private set; }

    /// <summary>Published so far, of the last series.</summary>
    public int Published { get; private set; }

    public static async Task<CommerceLoad> ConnectAsync(TestVhost vhost, int firstSeries = 0)
    {
        var publishing = await vhost.ConnectAsync("bench-publisher");
        var listening = await vhost.ConnectAsync("bench-listener");
        return new CommerceLoad(
            publishing,
            listening,
            await ConfirmedChannel.OpenAsync(publishing),
            await OutcomeListener.StartAsync(listening),
            firstSeries
        );
    }

    /// <summary>Publishes a closed count as fast as the broker confirms.</summary>
    public (Tally Tally, Task Publishing) Flood(int orders, int refundPercent) =>
        Start(orders, refundPercent, _ => ValueTask.CompletedTask);

    /// <summary>Open loop: who is late does not slow the next one down.</summary>
    public (Tally Tally, Task Publishing) Pace(int orders, int refundPercent, double perSecond)
    {
        var started = Stopwatch.GetTimestamp();
        return Start(
            orders,
            refundPercent,
            async number =>
            {
                var wait = TimeSpan.FromSeconds(number / perSecond) - Stopwatch.GetElapsedTime(started);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, TimeProvider.System);
            }
        );
    }

    /// <summary>Outcomes of orders that somebody else has published.</summary>
    public Tally Expect(int series, int orders)
    {
        var tally = new Tally(orders, 0);
        Listener.Listen(series, tally);
        return tally;
    }

    (Tally Tally, Task Publishing) Start(int orders, int refundPercent, Func<int, ValueTask> turn)
    {
        var series = NextSeries++;
        var tally = new Tally(orders, refundPercent);
        Listener.Listen(series, tally);
        Published = 0;
        return (tally, Task.Run(() => PublishAsync(new OrderBodies(series), tally, turn)));
    }

    async Task PublishAsync(OrderBodies bodies, Tally tally, Func<int, ValueTask> turn)
    {
        for (var number = 0; number < tally.Orders; number++)
        {
            await turn(number);
            tally.Publish(number);
            await _channel.PublishAsync(OrderCompleted, "", bodies.Order(number));
            if (tally.IsRefunded(number))
                await _channel.PublishAsync(OrderRefunded, "", bodies.Refund(number));
            Published = number + 1;
        }
        await _channel.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _publishing.DisposeAsync();
        await _listening.DisposeAsync();
    }
}

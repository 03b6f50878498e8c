using Loyalty.Messaging.Benchmarks.Load;
using Loyalty.Messaging.Benchmarks.Running;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Sagas;
using RabbitMQ.Client;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>One look at a run.</summary>
/// <param name="Seconds">Since the first publication.</param>
/// <param name="OrdersPerSecond">Outcomes heard since the look before.</param>
/// <param name="UnderWay">Orders published whose outcome has not been heard.</param>
/// <param name="Ready">Messages that wait in the workers' queues; those handed to a worker are not among them.</param>
/// <param name="WorkerMb">Resident memory of the workers.</param>
internal sealed record Sample(double Seconds, double OrdersPerSecond, int UnderWay, int Ready, double WorkerMb);

/// <summary>Looks at a run while it lasts.</summary>
internal sealed class Sampler(Stage stage, CommerceLoad load, TimeSpan interval)
{
    static readonly string[] Queues =
    [
        IssuerQueues.Issuance,
        IssuerQueues.Reversal,
        .. new IssuerQueues(new RabbitMqOptions().Partitions).Names,
    ];
    readonly List<Sample> _samples = [];

    /// <summary>Until <paramref name="ended"/> is cancelled.</summary>
    public async Task<IReadOnlyList<Sample>> RunAsync(Tally tally, CancellationToken ended)
    {
        await using var connection = await stage.Vhost.ConnectAsync("bench-sampler");
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        var (started, seconds, heard) = (TimeProvider.System.GetTimestamp(), 0.0, 0);
        do
        {
            await Task.Delay(interval, TimeProvider.System, ended).ContinueWith(_ => { }, TaskScheduler.Default);
            var (ready, nowSeconds, nowHeard) = (
                await ReadyAsync(channel),
                TimeProvider.System.GetElapsedTime(started).TotalSeconds,
                tally.OrdersHeard
            );
            // A rate over the rest of an interval would be noise.
            if (_samples.Count > 0 && nowSeconds - seconds < interval.TotalSeconds / 2)
                break;
            _samples.Add(
                new Sample(
                    Math.Round(nowSeconds, 2),
                    Math.Round((nowHeard - heard) / (nowSeconds - seconds), 1),
                    load.Published - nowHeard,
                    ready,
                    Math.Round(stage.Workers.Sum(worker => ProcessTimes.ResidentBytes(worker.ProcessId)) / 1048576.0, 1)
                )
            );
            (seconds, heard) = (nowSeconds, nowHeard);
        } while (!ended.IsCancellationRequested);
        return _samples;
    }

    static async Task<int> ReadyAsync(IChannel channel)
    {
        var ready = 0;
        foreach (var queue in Queues)
            ready += (int)await channel.MessageCountAsync(queue);
        return ready;
    }
}

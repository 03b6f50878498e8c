using System.Diagnostics;
using Loyalty.Messaging.Benchmarks.Load;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;

namespace Loyalty.Messaging.Benchmarks.Limits;

/// <summary>
/// What this RabbitMQ could do if nothing else were to be done: persistent bodies of 1 KB through one quorum queue like ours, confirmed and
/// acknowledged one by one.
/// </summary>
internal static class BrokerLimit
{
    /// <summary>
    /// An order passes through a quorum queue as OrderCompleted, as IssueMiles and as IssueConfirmed; its outcome goes to whoever
    /// subscribes.
    /// </summary>
    public const int MessagesPerOrder = 3;
    const int Prefetch = 256;
    const string Queue = "limit";

    /// <returns>Messages per second, each published, confirmed, delivered and acknowledged.</returns>
    public static async Task<double> MeasureAsync(int warmUp, int messages)
    {
        await using var vhost = await TestVhost.CreateAsync();
        await using var connection = await vhost.ConnectAsync("bench-limit");
        await using var declaring = await connection.CreateChannelAsync();
        // Without the dead letters, which are not there.
        var arguments = Topology
            .WorkQueueArguments.Where(pair => !pair.Key.StartsWith("x-dead-letter", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => (object?)pair.Value);
        await declaring.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, arguments);
        await RunAsync(connection, warmUp);
        var started = Stopwatch.GetTimestamp();
        await RunAsync(connection, messages);
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static async Task RunAsync(IConnection connection, int messages)
    {
        await using var consuming = await connection.CreateChannelAsync();
        await consuming.BasicQosAsync(0, Prefetch, false);
        var consumer = new Counter(consuming, messages);
        await consuming.BasicConsumeAsync(Queue, autoAck: false, consumer);
        await using var publisher = await ConfirmedChannel.OpenAsync(connection);
        var body = new byte[1024];
        for (var number = 0; number < messages; number++)
            await publisher.PublishAsync("", Queue, body);
        await publisher.FlushAsync();
        await consumer.All.WaitAsync(TimeSpan.FromMinutes(5));
    }

    sealed class Counter(IChannel channel, int messages) : AsyncDefaultBasicConsumer(channel)
    {
        readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _left = messages;

        public Task All => _all.Task;

        public override async Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default
        )
        {
            await Channel.BasicAckAsync(deliveryTag, false, cancellationToken);
            if (--_left == 0)
                _all.TrySetResult();
        }
    }
}

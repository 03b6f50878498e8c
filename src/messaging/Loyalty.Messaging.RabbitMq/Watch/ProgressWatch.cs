using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Publish;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Watch;

/// <summary>
/// Sees to it that what is consumed also moves. A client can hang with its connection open and its consumers registered: messages wait,
/// none begins, and every other check is content. Such a queue's endpoint is started again once; when that does not help, and when what a
/// queue has in work never ends, the process does.
/// While the broker takes no messages nothing can move, and no process is to blame.
/// </summary>
internal sealed partial class ProgressWatch(
    Progress progress,
    EndpointWatch endpoints,
    PublishWatch publishing,
    SupervisedEnd end,
    IOptions<RabbitMqOptions> options,
    TimeProvider time,
    ILogger<ProgressWatch> logger
) : BackgroundService
{
    readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var patience = options.Value.ConsumerPatience;
        while (true)
        {
            await Task.Delay(patience / 5, time, stoppingToken);
            if (progress.Still is { } still && Shorter(still.For, publishing.TakesFor) > options.Value.DeliveryPatience)
            {
                end.End($"Nothing in {still.Queue} has finished for {still.For.TotalSeconds:0} s, although deliveries are in work");
                return;
            }
            try
            {
                if (await StalledAsync(stoppingToken) is { } queue)
                {
                    end.End($"Messages wait in {queue} and none begins, although its consumer was started again");
                    return;
                }
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The broker is away, and others say so.
                _seen.Clear();
            }
        }
    }

    /// <returns>A queue for which starting its endpoint again has not helped.</returns>
    async Task<string?> StalledAsync(CancellationToken cancellationToken)
    {
        var queues = endpoints.Consumed;
        foreach (var gone in _seen.Keys.Except(queues).ToList())
            _seen.Remove(gone);
        await using var connection = await BrokerConnection
            .Factory(options.Value.Address, "loyalty-progress")
            .CreateConnectionAsync(cancellationToken);
        foreach (var queue in queues)
        {
            var waiting = 0u;
            try
            {
                // A queue that is not there closes the channel.
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                waiting = (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
            }
            catch (OperationInterruptedException)
            {
                // Its endpoint is about to say so itself.
            }
            var (begun, inWork) = progress.Of(queue);
            if (waiting == 0 || inWork || !_seen.TryGetValue(queue, out var seen) || seen.Begun != begun)
                _seen[queue] = new Seen(begun, time.GetTimestamp(), StartedAgain: false);
            else if (Shorter(time.GetElapsedTime(seen.Since), publishing.TakesFor) > options.Value.ConsumerPatience)
            {
                if (seen.StartedAgain)
                    return queue;
                Stalled(logger, queue, waiting, options.Value.ConsumerPatience.TotalSeconds);
                _seen[queue] = new Seen(begun, time.GetTimestamp(), StartedAgain: true);
                await endpoints.StartAgainAsync(queue);
            }
        }
        return null;
    }

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(
        3123,
        LogLevel.Error,
        "{Waiting} messages wait in {Queue}, which this process consumes, and none has begun for {Seconds} s; its consumer is started again"
    )]
    static partial void Stalled(ILogger logger, string queue, uint waiting, double seconds);

    /// <param name="Begun">How many deliveries of the queue had begun.</param>
    /// <param name="Since">When messages were first seen to wait while none began.</param>
    /// <param name="StartedAgain">Its endpoint was, because of that.</param>
    sealed record Seen(long Begun, long Since, bool StartedAgain);
}

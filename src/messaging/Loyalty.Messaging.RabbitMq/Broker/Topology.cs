using Loyalty.Messaging.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>
/// Everything on the broker that other teams or several of our queues hold on to. Queue arguments are valid on RabbitMQ 3.10 and 4.x, and
/// are given explicitly so that no default of some version decides.
/// </summary>
public static class Topology
{
    /// <summary>After so many failed deliveries a message goes to the dead letters, whatever the reason.</summary>
    public const int DeliveryLimit = 20;

    /// <summary>How long a question waits for a worker.</summary>
    public static readonly TimeSpan QuestionLifetime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Arguments of every queue whose messages must not be lost: given up means the dead letters, by way of a confirmed hand-over.
    /// </summary>
    public static IReadOnlyDictionary<string, object> WorkQueueArguments { get; } =
        new Dictionary<string, object>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = DeliveryLimit,
            ["x-dead-letter-exchange"] = WireNames.DeadLetters,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        };

    /// <summary>
    /// Arguments of a queue that belongs to one process at a time. That the broker serves one consumer at a time is a second lock.
    /// </summary>
    public static IReadOnlyDictionary<string, object> LaneArguments { get; } =
        new Dictionary<string, object>(WorkQueueArguments) { ["x-single-active-consumer"] = true };

    /// <summary>
    /// Arguments of every queue of questions. Nobody waits for an answer longer than <see cref="QuestionLifetime"/>: an old question is
    /// dropped, and is no dead letter.
    /// </summary>
    public static IReadOnlyDictionary<string, object> RequestQueueArguments { get; } =
        new Dictionary<string, object>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = DeliveryLimit,
            ["x-message-ttl"] = (int)QuestionLifetime.TotalMilliseconds,
            ["x-overflow"] = "reject-publish",
        };

    /// <summary>Exchanges of the contract: fanout and durable, all of them.</summary>
    public static IEnumerable<string> Exchanges =>
        [WireNames.OrderCompleted, WireNames.OrderRefunded, WireNames.DeadLetters, .. WireNames.Published.Values];

    /// <summary>
    /// An exchange that leads nowhere: what is published to it shows that the broker takes messages, and is gone. Worker and ops both have
    /// rights for such a name.
    /// </summary>
    internal const string Nowhere = "loyalty-answers-nowhere";

    /// <summary>
    /// Arguments of the dead letters, which have nowhere else to go: none is ever dropped, however often it comes back, and a policy that
    /// limits the queue makes it refuse the newest.
    /// </summary>
    public static IReadOnlyDictionary<string, object> DeadLetterArguments { get; } =
        new Dictionary<string, object>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = int.MaxValue,
            ["x-overflow"] = "reject-publish",
        };

    /// <param name="lanes">Queues that are there whether or not anybody has them just now.</param>
    /// <param name="earlier">It was false the last time: it is asked gently whether somebody has deleted that queue.</param>
    /// <returns>False when the queue of dead letters is one of an earlier version, which declared no limits: it serves, but RabbitMQ 4
    /// drops what it delivers more than twenty times.</returns>
    internal static async Task<bool> DeclareAsync(
        IConnection connection,
        IReadOnlyList<string> lanes,
        bool earlier,
        CancellationToken cancellationToken
    )
    {
        var current =
            !(earlier && await AreDeadLettersThereAsync(connection, cancellationToken))
            && await TryDeclareDeadLettersAsync(connection, DeadLetterArguments, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        if (!current)
            await DeclareDeadLettersAsync(channel, new Dictionary<string, object> { ["x-queue-type"] = "quorum" }, cancellationToken);
        foreach (var exchange in Exchanges)
            await channel.ExchangeDeclareAsync(
                exchange,
                ExchangeType.Fanout,
                durable: true,
                autoDelete: false,
                cancellationToken: cancellationToken
            );
        await channel.QueueBindAsync(WireNames.DeadLetters, WireNames.DeadLetters, "", cancellationToken: cancellationToken);
        foreach (var lane in lanes)
        {
            await channel.ExchangeDeclareAsync(
                lane,
                ExchangeType.Fanout,
                durable: true,
                autoDelete: false,
                cancellationToken: cancellationToken
            );
            await channel.QueueDeclareAsync(
                lane,
                durable: true,
                exclusive: false,
                autoDelete: false,
                LaneArguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value),
                cancellationToken: cancellationToken
            );
            await channel.QueueBindAsync(lane, lane, "", cancellationToken: cancellationToken);
        }
        return current;
    }

    static async Task<bool> AreDeadLettersThereAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclarePassiveAsync(WireNames.DeadLetters, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    /// <summary>On a channel of its own: a queue that has other arguments closes it.</summary>
    static async Task<bool> TryDeclareDeadLettersAsync(
        IConnection connection,
        IReadOnlyDictionary<string, object> arguments,
        CancellationToken cancellationToken
    )
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await DeclareDeadLettersAsync(channel, arguments, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            return false;
        }
    }

    static async Task DeclareDeadLettersAsync(
        IChannel channel,
        IReadOnlyDictionary<string, object> arguments,
        CancellationToken cancellationToken
    ) =>
        await channel.QueueDeclareAsync(
            WireNames.DeadLetters,
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value),
            cancellationToken: cancellationToken
        );
}

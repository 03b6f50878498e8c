using System.Text;
using System.Threading.Channels;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Messaging.RabbitMq.DeadLetters;

/// <summary>A message in the queue of dead letters.</summary>
/// <param name="MessageId">As AMQP has it.</param>
/// <param name="Headers">Texts, numbers, truth values, and lists and objects of them.</param>
public sealed record GivenUpMessage(string? MessageId, string? ContentType, IReadOnlyDictionary<string, object?> Headers, byte[] Body);

/// <summary>
/// Reads the queue of dead letters, several at a time, and acknowledges them when whoever takes them has returned. What is not taken stays
/// in the queue.
/// </summary>
public sealed partial class DeadLetterIntake(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<DeadLetterIntake> logger)
{
    const ushort MostAtOnce = 200;
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    readonly Lock _lock = new();
    long? _awaySince = time.GetTimestamp();

    /// <summary>Since when, by the monotonic clock, the queue is not read; null while it is.</summary>
    internal long? AwaySince
    {
        get
        {
            lock (_lock)
                return _awaySince;
        }
    }

    /// <summary>Reads until it is cancelled; survives a broker that goes and comes back.</summary>
    /// <param name="take">Keeps what it is given. When it throws, it is given all of it again after a while.</param>
    public async Task ReadAsync(Func<IReadOnlyList<GivenUpMessage>, Task> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(take);
        while (true)
        {
            try
            {
                await ReadConnectionAsync(take, cancellationToken);
                Interrupted(logger, "the connection has ended");
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Interrupted(logger, exception.GetBaseException().Message);
            }
            IsAway(true);
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    void IsAway(bool away)
    {
        lock (_lock)
            _awaySince = away ? _awaySince ?? time.GetTimestamp() : null;
    }

    async Task ReadConnectionAsync(Func<IReadOnlyList<GivenUpMessage>, Task> take, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection
            .Factory(options.Value.Address, "loyalty-dead-letters")
            .CreateConnectionAsync(cancellationToken);
        await Topology.DeclareAsync(connection, [], earlier: false, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, MostAtOnce, false, cancellationToken);
        var inHand = Channel.CreateUnbounded<(ulong Tag, GivenUpMessage Message)>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            inHand.Writer.TryWrite((delivery.DeliveryTag, MessageOf(delivery)));
            return Task.CompletedTask;
        };
        channel.ChannelShutdownAsync += (_, _) =>
        {
            inHand.Writer.TryComplete();
            return Task.CompletedTask;
        };
        // The broker ends a consumer whose queue is deleted, or whose node goes; the channel stays.
        consumer.UnregisteredAsync += (_, _) =>
        {
            inHand.Writer.TryComplete();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(WireNames.DeadLetters, autoAck: false, consumer, cancellationToken);
        IsAway(false);
        while (await inHand.Reader.WaitToReadAsync(cancellationToken))
        {
            var (messages, last) = (new List<GivenUpMessage>(MostAtOnce), 0ul);
            while (messages.Count < MostAtOnce && inHand.Reader.TryRead(out var delivery))
            {
                messages.Add(delivery.Message);
                last = delivery.Tag;
            }
            await TakeAsync(take, messages, channel, cancellationToken);
            await channel.BasicAckAsync(last, multiple: true, CancellationToken.None);
        }
    }

    /// <summary>Again and again on this channel: a message that goes back to its queue is one that the broker counts.</summary>
    async Task TakeAsync(
        Func<IReadOnlyList<GivenUpMessage>, Task> take,
        IReadOnlyList<GivenUpMessage> messages,
        IChannel channel,
        CancellationToken cancellationToken
    )
    {
        for (string? cause = null; ; )
        {
            try
            {
                await take(messages);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && channel.IsOpen)
            {
                if (cause != exception.GetBaseException().Message)
                    Interrupted(logger, exception.GetBaseException().Message);
                cause = exception.GetBaseException().Message;
            }
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    static GivenUpMessage MessageOf(BasicDeliverEventArgs delivery) =>
        new(
            delivery.BasicProperties.MessageId,
            delivery.BasicProperties.ContentType,
            (delivery.BasicProperties.Headers ?? new Dictionary<string, object?>()).ToDictionary(
                header => header.Key,
                header => Plain(header.Value)
            ),
            // The client takes its buffer back when this returns.
            delivery.Body.ToArray()
        );

    static object? Plain(object? value) =>
        value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            AmqpTimestamp instant => DateTimeOffset.FromUnixTimeSeconds(instant.UnixTime).ToString("O", null),
            IDictionary<string, object?> table => table.ToDictionary(entry => entry.Key, entry => Plain(entry.Value)),
            System.Collections.IList list => list.Cast<object?>().Select(Plain).ToList(),
            _ => value,
        };

    [LoggerMessage(3110, LogLevel.Warning, "Dead letters stay in their queue for now ({Cause}); trying again")]
    static partial void Interrupted(ILogger logger, string cause);
}

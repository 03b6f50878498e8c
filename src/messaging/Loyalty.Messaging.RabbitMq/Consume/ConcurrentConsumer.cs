using System.Buffers;
using System.Collections.Concurrent;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Lanes;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Messaging.RabbitMq.Consume;

/// <summary>
/// Gives each delivery to the thread pool and takes the next one. How many are in hand at a time, the broker limits: it delivers no more
/// than the prefetch.
/// Also takes messages for its queue from within the process, as if the broker had delivered them.
/// </summary>
/// <param name="acks">Of the broker's deliveries.</param>
/// <param name="mostInProcess">How many messages from within the process may be in hand at a time.</param>
/// <param name="slow">Of this queue, whatever consumer it has had.</param>
/// <param name="lane">Nothing is taken when it is closed; null when the queue belongs to everybody.</param>
internal sealed class ConcurrentConsumer(
    IAsyncBasicConsumer inner,
    AckBatch acks,
    int mostInProcess,
    SlowMessages slow,
    TimeProvider time,
    Lane? lane = null
) : IAsyncBasicConsumer
{
    /// <summary>The broker counts from 1.</summary>
    const ulong InProcessTags = 1UL << 63;

    /// <summary>
    /// Whoever gets something from the broker is a consumer of the queue, and the active one if there can be only one. A queue that others
    /// work on by now is told apart by that, even when nobody told us. The broker takes queues away from a client that is silent for two
    /// heartbeats: so a delivery is believed for one.
    /// </summary>
    static readonly TimeSpan Proof = BrokerConnection.Heartbeat;

    readonly ConcurrentDictionary<ulong, Delivery> _inProcess = new();
    readonly ConcurrentDictionary<string, Delivery> _byMessage = new(StringComparer.Ordinal);
    ulong _lastTag = InProcessTags;
    long _heardAt;
    int _inHand;
    volatile bool _heard;

    public IChannel? Channel => inner.Channel;

    public static bool IsInProcess(ulong tag) => tag >= InProcessTags;

    /// <summary>The broker was heard from a moment ago, the lane is ours, and not too much is in hand.</summary>
    public bool HasRoom =>
        _heard
        && lane is not { IsOpen: false }
        && time.GetElapsedTime(Volatile.Read(ref _heardAt)) <= Proof
        && Volatile.Read(ref _inHand) < mostInProcess;

    /// <summary>Works on a message as if the broker had delivered it.</summary>
    /// <returns>Ends with true when it has been dealt with, with false when it has not; null when it has to go through the
    /// broker.</returns>
    public Task<bool>? TakeInProcess(string exchange, string routingKey, IReadOnlyBasicProperties properties, byte[] body)
    {
        if (!HasRoom || properties.MessageId is not { } messageId)
            return null;
        var delivery = new Delivery(
            this,
            "",
            Interlocked.Increment(ref _lastTag),
            false,
            exchange,
            routingKey,
            properties,
            body,
            body.Length,
            twin: null
        );
        if (!_byMessage.TryAdd(messageId, delivery))
            return null;
        Interlocked.Increment(ref _inHand);
        _inProcess[delivery.Tag] = delivery;
        ThreadPool.UnsafeQueueUserWorkItem(delivery, preferLocal: false);
        return delivery.Ended;
    }

    /// <summary>What became of a message from within the process.</summary>
    public void Settle(ulong tag, bool done)
    {
        if (!_inProcess.TryRemove(tag, out var delivery))
            return;
        Interlocked.Decrement(ref _inHand);
        // In this order: a copy that comes just now finds the one or the other.
        if (done)
            slow.Done(delivery.MessageId!, delivery.TakenAt);
        _byMessage.TryRemove(delivery.MessageId!, out _);
        delivery.End(done);
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken) =>
        inner.HandleBasicConsumeOkAsync(consumerTag, cancellationToken);

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken)
    {
        _heard = false;
        return inner.HandleBasicCancelOkAsync(consumerTag, cancellationToken);
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken)
    {
        _heard = false;
        return inner.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _heard = false;
        return inner.HandleChannelShutdownAsync(channel, reason);
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        _heard = true;
        acks.Came(deliveryTag);
        if (properties.MessageId is { } known && !_byMessage.ContainsKey(known) && slow.Knows(known) && !IsReplay(properties))
            return AckAsync(deliveryTag);
        if (!Shortcuts.Handover)
            return inner.HandleBasicDeliverAsync(
                consumerTag,
                deliveryTag,
                redelivered,
                exchange,
                routingKey,
                properties,
                body,
                CancellationToken.None
            );
        // The client takes its buffer back when this returns.
        var copy = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(copy);
        Delivery? twin = null;
        if (properties.MessageId is { } messageId)
            _byMessage.TryGetValue(messageId, out twin);
        ThreadPool.UnsafeQueueUserWorkItem(
            new Delivery(this, consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, copy, body.Length, twin),
            preferLocal: false
        );
        return Task.CompletedTask;
    }

    /// <param name="twin">The same message, in hand already: the broker's copy waits for what becomes of it.</param>
    sealed class Delivery(
        ConcurrentConsumer owner,
        string consumerTag,
        ulong tag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        byte[] body,
        int length,
        Delivery? twin
    ) : IThreadPoolWorkItem
    {
        readonly TaskCompletionSource<bool>? _ended = IsInProcess(tag) ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

        public ulong Tag => tag;
        public long TakenAt { get; } = owner.Now;
        public string? MessageId => properties.MessageId;
        public Task<bool> Ended => _ended!.Task;

        public void End(bool done) => _ended!.TrySetResult(done);

        public void Execute() => _ = WorkAsync();

        async Task WorkAsync()
        {
            try
            {
                if (twin is not null && await twin.Ended)
                    await owner.AckAsync(tag);
                else
                    await owner.Inner.HandleBasicDeliverAsync(
                        consumerTag,
                        tag,
                        redelivered,
                        exchange,
                        routingKey,
                        properties,
                        body.AsMemory(0, length),
                        CancellationToken.None
                    );
            }
            finally
            {
                if (IsInProcess(tag))
                    owner.Settle(tag, done: false); // Unless it has been settled before: nobody dealt with it.
                else
                    ArrayPool<byte>.Shared.Return(body);
            }
        }
    }

    /// <summary>Somebody wants it to be worked on again, under the id it had.</summary>
    static bool IsReplay(IReadOnlyBasicProperties properties) => properties.Headers?.ContainsKey(DeadLetterHeaders.MessageId) == true;

    long Now => time.GetTimestamp();

    IAsyncBasicConsumer Inner => inner;

    async Task AckAsync(ulong tag)
    {
        try
        {
            await acks.AddAsync(tag);
        }
        catch (Exception exception)
        {
            LogContext.Warning?.Log(exception, "An ack could not be sent; the broker delivers again what it was for");
        }
    }
}

using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Consume;
using Loyalty.Messaging.RabbitMq.Lanes;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace Loyalty.Messaging.UnitTests.RabbitMq;

/// <summary>
/// When a consumer takes what its own process sends to its queue, and what becomes of a copy that the broker delivers meanwhile.
/// </summary>
public sealed class When_a_message_is_taken_in_process
{
    const int Most = 4;
    readonly FakeTimeProvider _clock = new();
    readonly Endpoint _endpoint = new();
    readonly List<ulong> _acked = [];
    readonly ConcurrentConsumer _consumer;
    readonly Lane _lane = new();
    ulong _tag;

    public When_a_message_is_taken_in_process() =>
        _consumer = new ConcurrentConsumer(
            _endpoint,
            new AckBatch(
                (tag, _) =>
                {
                    _acked.Add(tag);
                    return default;
                },
                TimeSpan.Zero,
                TimeProvider.System
            ),
            Most,
            new SlowMessages(TimeSpan.FromSeconds(1), _clock),
            _clock,
            _lane
        );

    [Fact]
    public async Task Not_before_the_broker_has_delivered_something()
    {
        Assert.Null(Take("a"));
        await HearAsync("b");
        Assert.NotNull(Take("a"));
    }

    [Fact]
    public async Task Not_when_the_broker_has_been_silent_for_longer_than_a_heartbeat()
    {
        await HearAsync("a");
        _clock.Advance(BrokerConnection.Heartbeat);
        Assert.NotNull(Take("b"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(Take("c"));
        await HearAsync("d");
        Assert.NotNull(Take("c"));
    }

    [Fact]
    public async Task Not_when_the_lane_is_about_to_be_somebody_elses()
    {
        await HearAsync("a");
        Assert.NotNull(Take("b"));
        _lane.Close();
        Assert.Null(Take("c"));
        Assert.True(_lane.Drained.IsCompleted);
    }

    [Fact]
    public async Task Not_when_it_is_no_consumer_of_the_queue_any_more()
    {
        foreach (
            var leave in new Func<Task>[]
            {
                () => _consumer.HandleBasicCancelAsync("", CancellationToken.None),
                () => _consumer.HandleBasicCancelOkAsync("", CancellationToken.None),
                () => _consumer.HandleChannelShutdownAsync(this, new ShutdownEventArgs(ShutdownInitiator.Peer, 320, "gone")),
            }
        )
        {
            await HearAsync(Guid.NewGuid().ToString());
            await leave();
            Assert.Null(Take("a"));
        }
    }

    [Fact]
    public async Task Not_when_enough_are_in_hand()
    {
        await HearAsync("heard");
        var taken = Enumerable.Range(0, Most).Select(number => Take($"{number}")).ToList();
        Assert.DoesNotContain(null, taken);
        Assert.Null(Take("one more"));
        _consumer.Settle((await _endpoint.SeeAsync("0")).Tag, done: true);
        Assert.True(await taken[0]!);
        Assert.NotNull(Take("one more"));
    }

    [Fact]
    public async Task A_copy_from_the_broker_waits_and_is_acknowledged_with_it()
    {
        await TakeWithCopyAsync("a", done: true);
        await TestKit.Eventually.TrueAsync(() => Task.FromResult(_acked.Contains(_tag)), "an ack for the copy");
        Assert.Single(_endpoint.Delivered, delivery => delivery.MessageId == "a");
    }

    [Fact]
    public async Task A_copy_from_the_broker_is_delivered_when_nobody_has_dealt_with_it()
    {
        await TakeWithCopyAsync("a", done: false);
        await TestKit.Eventually.TrueAsync(() => Task.FromResult(_endpoint.Delivered.Any(delivery => delivery == ("a", _tag))), "the copy");
        Assert.DoesNotContain(_tag, _acked);
    }

    /// <summary>What takes long goes to the broker as well, and behind a slow issuer that copy may come minutes later.</summary>
    [Theory]
    [InlineData(2, true, true)]
    [InlineData(2, false, false)]
    [InlineData(0, true, false)]
    public async Task A_late_copy_of_what_took_long_is_acknowledged_if_that_was_dealt_with(int seconds, bool done, bool known)
    {
        await HearAsync("heard");
        var taken = Take("a")!;
        var delivered = await _endpoint.SeeAsync("a");
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _consumer.Settle(delivered.Tag, done);
        Assert.Equal(done, await taken);

        _clock.Advance(TimeSpan.FromMinutes(50));
        await HearAsync("a", wait: false);
        await TestKit.Eventually.TrueAsync(
            () => Task.FromResult(known ? _acked.Contains(_tag) : _endpoint.Delivered.Any(delivery => delivery == ("a", _tag))),
            "an ack or the copy"
        );
        Assert.Equal(known ? 1 : 2, _endpoint.Delivered.Count(delivery => delivery.MessageId == "a"));
    }

    /// <summary>It has the id of the message that was given up, and is wanted.</summary>
    [Fact]
    public async Task A_replay_is_no_copy()
    {
        await HearAsync("heard");
        var taken = Take("a")!;
        var delivered = await _endpoint.SeeAsync("a");
        _clock.Advance(TimeSpan.FromSeconds(4));
        _consumer.Settle(delivered.Tag, done: true);
        Assert.True(await taken);

        await HearAsync("a", wait: false, new Dictionary<string, object?> { [DeadLetterHeaders.MessageId] = "a" });
        await TestKit.Eventually.TrueAsync(
            () => Task.FromResult(_endpoint.Delivered.Any(delivery => delivery == ("a", _tag))),
            "the replay"
        );
    }

    [Fact]
    public async Task An_endpoint_that_takes_nothing_any_more_has_not_dealt_with_it()
    {
        await HearAsync("heard");
        _endpoint.Stopping = true;
        Assert.False(await Take("a")!.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }

    /// <summary>The broker delivers a message that is in hand already; then the first one ends.</summary>
    async Task TakeWithCopyAsync(string messageId, bool done)
    {
        await HearAsync("heard");
        var taken = Take(messageId)!;
        var delivered = await _endpoint.SeeAsync(messageId);
        await HearAsync(messageId, wait: false);
        _consumer.Settle(delivered.Tag, done);
        Assert.Equal(done, await taken);
    }

    Task<bool>? Take(string messageId) => _consumer.TakeInProcess("queue", "", new BasicProperties { MessageId = messageId }, [1, 2, 3]);

    /// <summary>The broker delivers.</summary>
    async Task HearAsync(string messageId, bool wait = true, Dictionary<string, object?>? headers = null)
    {
        await _consumer.HandleBasicDeliverAsync(
            "",
            ++_tag,
            false,
            "queue",
            "",
            new BasicProperties { MessageId = messageId, Headers = headers },
            new byte[] { 1, 2, 3 },
            CancellationToken.None
        );
        if (wait)
            await _endpoint.SeeAsync(messageId);
    }

    /// <summary>Keeps what it is given until somebody settles it.</summary>
    sealed class Endpoint : IAsyncBasicConsumer
    {
        readonly Lock _lock = new();
        readonly List<(string MessageId, ulong Tag)> _delivered = [];
        readonly TaskCompletionSource _never = new();

        public bool Stopping { get; set; }

        public IReadOnlyList<(string MessageId, ulong Tag)> Delivered
        {
            get
            {
                lock (_lock)
                    return [.. _delivered];
            }
        }

        public IChannel? Channel => null;

        public async Task<(string MessageId, ulong Tag)> SeeAsync(string messageId) =>
            (
                await TestKit.Eventually.SeeAsync(
                    () => Task.FromResult(Delivered),
                    all => all.Any(delivery => delivery.MessageId == messageId),
                    $"message {messageId}"
                )
            ).First(delivery => delivery.MessageId == messageId);

        public Task HandleBasicDeliverAsync(
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
            if (Stopping)
                return Task.CompletedTask;
            lock (_lock)
                _delivered.Add((properties.MessageId!, deliveryTag));
            return _never.Task;
        }

        public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;
    }
}

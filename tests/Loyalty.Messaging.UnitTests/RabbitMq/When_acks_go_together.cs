using Loyalty.Messaging.RabbitMq.Consume;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.UnitTests.RabbitMq;

/// <summary>
/// AMQP's rules for acks, held by a model of the broker: only what it waits for can be acknowledged, and "up to" takes everything before
/// with it.
/// </summary>
public sealed class When_acks_go_together
{
    static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);

    /// <summary>Longer than any test.</summary>
    static readonly TimeSpan Never = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_the_order_each_is_settled_once_and_nothing_that_is_in_hand(int seed)
    {
#pragma warning disable CA5394 // A seeded order, not a secret.
        var random = new Random(seed);
        var broker = new Broker();
        var acks = new AckBatch(broker.AckAsync, Delay, TimeProvider.System);
        var inHand = new List<ulong>();
        for (var step = 0; step < 3000; step++)
        {
            if (inHand.Count < 128 && random.Next(100) < 45)
            {
                inHand.Add(broker.Deliver());
                acks.Came(inHand[^1]);
            }
            else if (inHand.Count > 0)
            {
                var index = random.Next(Math.Min(inHand.Count, 20));
                var tag = inHand[index];
                inHand.RemoveAt(index);
                if (random.Next(100) < 5)
                {
                    broker.Refuse(tag);
                    acks.Settle(tag);
                }
                else
                {
                    broker.Done(tag);
                    await acks.AddAsync(tag);
                }
            }
        }
#pragma warning restore CA5394
        await acks.CloseAsync();
        await SeeAsync(broker, inHand.Order());
        Assert.Empty(broker.Breaches);
        Assert.InRange(broker.Frames, 1, 1000);
    }

    [Fact]
    public async Task One_that_is_alone_waits_for_a_moment_and_sixteen_do_not()
    {
        var broker = new Broker();
        await DealWithAsync(broker, new AckBatch(broker.AckAsync, Delay, TimeProvider.System), 1);
        await SeeAsync(broker, []);
        broker = new Broker();
        var acks = new AckBatch(broker.AckAsync, Never, TimeProvider.System);
        await DealWithAsync(broker, acks, 15);
        Assert.Equal(15, broker.Unsettled.Count);
        await DealWithAsync(broker, acks, 1);
        Assert.Empty(broker.Unsettled);
        Assert.Equal(1, broker.Frames);
    }

    [Fact]
    public async Task Once_the_channel_is_about_to_be_left_none_waits()
    {
        var broker = new Broker();
        var acks = new AckBatch(broker.AckAsync, Never, TimeProvider.System);
        await DealWithAsync(broker, acks, 1);
        await acks.CloseAsync();
        Assert.Empty(broker.Unsettled);
        await DealWithAsync(broker, acks, 1);
        Assert.Empty(broker.Unsettled);
    }

    [Fact]
    public async Task What_another_consumer_of_the_channel_has_in_hand_is_left_alone()
    {
        var broker = new Broker();
        var others = broker.Deliver();
        var acks = new AckBatch(broker.AckAsync, Never, TimeProvider.System);
        await DealWithAsync(broker, acks, 16);
        Assert.Empty(broker.Breaches);
        Assert.Equal([others], broker.Unsettled);
    }

    [Fact]
    public async Task That_the_channel_is_gone_is_told_to_who_acknowledges()
    {
        var broker = new Broker();
        var acks = new AckBatch((_, _) => ValueTask.FromException(new InvalidOperationException("gone")), Never, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidOperationException>(() => DealWithAsync(broker, acks, 16));
    }

    static async Task DealWithAsync(Broker broker, AckBatch acks, int count)
    {
        for (var each = 0; each < count; each++)
        {
            var tag = broker.Deliver();
            acks.Came(tag);
            broker.Done(tag);
            await acks.AddAsync(tag);
        }
    }

    static Task SeeAsync(Broker broker, IEnumerable<ulong> unsettled) =>
        Eventually.SeeAsync(() => Task.FromResult(broker.Unsettled), seen => seen.SequenceEqual(unsettled), "all acks");

    /// <summary>One channel of RabbitMQ.</summary>
    sealed class Broker
    {
        readonly Lock _lock = new();
        readonly SortedSet<ulong> _unsettled = [];
        readonly HashSet<ulong> _done = [];
        readonly List<string> _breaches = [];
        ulong _last;

        public IReadOnlyList<ulong> Unsettled
        {
            get
            {
                lock (_lock)
                    return [.. _unsettled];
            }
        }

        /// <summary>What would have closed the channel, or lost a message.</summary>
        public IReadOnlyList<string> Breaches
        {
            get
            {
                lock (_lock)
                    return [.. _breaches];
            }
        }

        public int Frames { get; private set; }

        public ulong Deliver()
        {
            lock (_lock)
            {
                _unsettled.Add(++_last);
                return _last;
            }
        }

        /// <summary>It has been dealt with and may be acknowledged.</summary>
        public void Done(ulong tag)
        {
            lock (_lock)
                _done.Add(tag);
        }

        public void Refuse(ulong tag)
        {
            lock (_lock)
                Settle(tag);
        }

        public ValueTask AckAsync(ulong tag, bool multiple)
        {
            lock (_lock)
            {
                Frames++;
                var tags = multiple ? _unsettled.Where(each => each < tag).ToList() : [];
                foreach (var each in tags.Append(tag))
                {
                    Settle(each);
                    if (!_done.Contains(each))
                        _breaches.Add($"{each} is acknowledged while it is in hand");
                }
            }
            return default;
        }

        void Settle(ulong tag)
        {
            if (!_unsettled.Remove(tag))
                _breaches.Add($"PRECONDITION_FAILED - unknown delivery tag {tag}");
        }
    }
}

using System.Data.Common;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests;

/// <summary>What a consumer sends to a queue of its own process comes without the broker, and is as safe as with it.</summary>
public sealed class When_messages_need_no_broker
{
    const string Door = "door";
    const string Desk = "desk";

    [Fact]
    public async Task They_are_dealt_with_once_each_whichever_way_they_come()
    {
        await using var house = await House.OpenAsync();
        await house.HoldAsync();
        house.Open();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => house.KnockAsync("plain")));
        await house.SeeAllDoneAsync();
        Assert.Contains(house.Done, letter => letter.InProcess);
        await house.StopAsync();
        Assert.Equal((0, 0, 0), await house.WaitingAsync());
    }

    [Fact]
    public async Task Who_sends_one_is_done_after_it_has_been_dealt_with()
    {
        await using var house = await House.OpenAsync();
        var held = await house.HoldAsync();
        Assert.DoesNotContain(held, house.Sent);
        house.Open();
        await house.SeeAllDoneAsync();
        Assert.Contains(held, house.Sent);
    }

    [Fact]
    public async Task One_that_takes_long_goes_through_the_broker_as_well_and_is_dealt_with_once()
    {
        await using var house = await House.OpenAsync();
        var held = await house.HoldAsync();
        await Eventually.SeeAsync(() => Task.FromResult(house.Sent), sent => sent.Contains(held), "a sender that waits no longer");
        Assert.Equal(1, house.InHand);
        house.Open();
        await house.SeeAllDoneAsync();
        await house.StopAsync();
        Assert.Single(house.Done, letter => letter.Number == held);
        Assert.Equal((0, 0, 0), await house.WaitingAsync());
    }

    [Fact]
    public async Task One_that_is_refused_here_comes_through_the_broker_under_the_same_id()
    {
        await using var house = await House.OpenAsync();
        await house.HoldAsync();
        house.Open();
        await Eventually.SeeAsync(
            async () =>
            {
                await house.KnockAsync("away");
                await house.SeeAllDoneAsync();
                return house.Refused;
            },
            refused => refused.Count > 0,
            "one that was refused here"
        );
        Assert.All(house.Refused, id => Assert.Single(house.Done, letter => letter.MessageId == id && !letter.InProcess));
    }

    [Fact]
    public async Task One_that_cannot_be_dealt_with_is_a_dead_letter_and_no_more()
    {
        await using var house = await House.OpenAsync();
        await house.HoldAsync();
        house.Open();
        var number = await house.KnockAsync("broken");
        await Eventually.SeeAsync(house.WaitingAsync, waiting => waiting.Dead == 1, "a dead letter");
        await Eventually.SeeAsync(() => Task.FromResult(house.Sent), sent => sent.Contains(number), "a sender that is done");
        await house.StopAsync();
        Assert.Equal((0, 0, 1), await house.WaitingAsync());
    }

    [Fact]
    public async Task None_comes_that_way_when_it_is_switched_off()
    {
        await using var house = await House.OpenAsync(inProcess: false);
        for (var letter = 0; letter < 20; letter++)
        {
            await house.KnockAsync("plain");
            await house.SeeAllDoneAsync();
        }
        Assert.DoesNotContain(house.Done, letter => letter.InProcess);
    }

    /// <param name="Text">What is to happen to its letter.</param>
    public sealed record Knock(int Number, string Text);

    /// <param name="Number">From 0.</param>
    /// <param name="Text">As of its knock.</param>
    public sealed record Letter(int Number, string Text);

    /// <summary>A bus in this process on the real broker: for each knock at the door a letter goes to the desk.</summary>
    sealed class House : IAsyncDisposable
    {
        readonly Lock _lock = new();
        readonly List<(int Number, Guid MessageId, bool InProcess)> _done = [];
        readonly List<int> _sent = [];
        readonly List<Guid> _refused = [];
        readonly TestVhost _vhost;
        readonly IHost _host;
        TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool? _heldInProcess;
        int _knocks = -1;
        int _inHand;

        House(TestVhost vhost, bool inProcess)
        {
            _vhost = vhost;
            var builder = Host.CreateApplicationBuilder();
            builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?> { ["RabbitMq:Uri"] = vhost.Uri.ToString(), ["RabbitMq:InProcess"] = inProcess.ToString() }
            );
            builder.AddServiceDefaults("house");
            builder.Logging.SetMinimumLevel(LogLevel.Critical);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddLoyaltyBus(
                endpoints: (bus, context, _) =>
                {
                    var queues = context.GetRequiredService<InProcessQueues>();
                    bus.ReceiveEndpoint(
                        Desk,
                        endpoint =>
                        {
                            endpoint.UseWorkQueue(64, queues);
                            endpoint.Handler<Letter>(TakeAsync);
                        }
                    );
                    bus.ReceiveEndpoint(
                        Door,
                        endpoint =>
                        {
                            endpoint.UseWorkQueue(64);
                            endpoint.Handler<Knock>(OpenDoorAsync, handler => handler.UseInProcessAnswers(queues));
                        }
                    );
                }
            );
            _host = builder.Build();
        }

        public int InHand => Volatile.Read(ref _inHand);
        public IReadOnlyList<(int Number, Guid MessageId, bool InProcess)> Done => Copy(_done);

        /// <summary>Knocks whose letter has been sent, as far as the door knows.</summary>
        public IReadOnlyList<int> Sent => Copy(_sent);
        public IReadOnlyList<Guid> Refused => Copy(_refused);

        public static async Task<House> OpenAsync(bool inProcess = true)
        {
            var house = new House(await TestVhost.CreateAsync(), inProcess);
            await house._host.StartAsync();
            await house
                ._host.Services.GetRequiredService<IBusControl>()
                .WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
            return house;
        }

        public async Task<int> KnockAsync(string text)
        {
            var number = Interlocked.Increment(ref _knocks);
            var endpoint = await _host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{Door}"));
            await endpoint.Send(new Knock(number, text));
            return number;
        }

        /// <summary>Knocks until a letter that came without the broker lies on the desk.</summary>
        public async Task<int> HoldAsync()
        {
            for (var started = TimeProvider.System.GetTimestamp(); ; )
            {
                _heldInProcess = null;
                var number = await KnockAsync("held");
                await Eventually.SeeAsync(
                    () => Task.FromResult(_heldInProcess),
                    inProcess => inProcess is not null,
                    "a letter on the desk"
                );
                if (_heldInProcess == true)
                    return number;
                Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "All letters came through the broker");
                Open();
                await SeeAllDoneAsync();
            }
        }

        public void Open() => Interlocked.Exchange(ref _open, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public Task SeeAllDoneAsync() =>
            Eventually.SeeAsync(() => Task.FromResult((Done.Count, Sent.Count)), seen => seen == (_knocks + 1, _knocks + 1), "all letters");

        /// <summary>Messages ready at the door, at the desk and among the dead letters.</summary>
        public async Task<(int Door, int Desk, int Dead)> WaitingAsync()
        {
            var depths = await _vhost.DepthsAsync();
            return (depths[Door], depths[Desk], depths[WireNames.DeadLetters]);
        }

        async Task OpenDoorAsync(ConsumeContext<Knock> knock)
        {
            var endpoint = await knock.GetSendEndpoint(new Uri($"exchange:{Desk}"));
            await endpoint.Send(new Letter(knock.Message.Number, knock.Message.Text));
            lock (_lock)
                _sent.Add(knock.Message.Number);
        }

        async Task TakeAsync(ConsumeContext<Letter> letter)
        {
            Assert.True(letter.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery));
            // The broker counts from 1.
            var inProcess = delivery!.DeliveryTag > long.MaxValue;
            if (letter.Message.Text == "broken")
                throw new InvalidOperationException("A letter of the test that nobody can read");
            if (letter.Message.Text == "away" && inProcess)
            {
                lock (_lock)
                    _refused.Add(letter.MessageId!.Value);
                throw new AwayException();
            }
            if (letter.Message.Text == "held")
            {
                Interlocked.Increment(ref _inHand);
                var open = _open.Task;
                _heldInProcess = inProcess;
                await open;
                Interlocked.Decrement(ref _inHand);
            }
            lock (_lock)
                _done.Add((letter.Message.Number, letter.MessageId!.Value, inProcess));
        }

        IReadOnlyList<T> Copy<T>(List<T> list)
        {
            lock (_lock)
                return [.. list];
        }

        public Task StopAsync() => _host.StopAsync();

        public async ValueTask DisposeAsync()
        {
            Open();
            await _host.StopAsync();
            _host.Dispose();
            await _vhost.DisposeAsync();
        }
    }

    /// <summary>A reason to take a delivery back to its queue.</summary>
    sealed class AwayException() : DbException("Away, in this test")
    {
        public override bool IsTransient => true;
    }
}

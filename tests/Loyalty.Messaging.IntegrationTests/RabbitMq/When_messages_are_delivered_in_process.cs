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

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>What a consumer sends to a queue of its own process comes without the broker, and is as safe as with it.</summary>
public sealed class When_messages_are_delivered_in_process
{
    const string Source = "source";
    const string Target = "target";

    [Fact]
    public async Task They_are_dealt_with_once_each_whichever_way_they_come()
    {
        await using var host = await TwoQueueHost.OpenAsync();
        await host.HoldAsync();
        host.Open();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => host.SendAsync("plain")));
        await host.SeeAllDoneAsync();
        Assert.Contains(host.Done, message => message.InProcess);
        await host.StopAsync();
        Assert.Equal((0, 0, 0), await host.WaitingAsync());
    }

    [Fact]
    public async Task Who_sends_one_is_done_after_it_has_been_dealt_with()
    {
        await using var host = await TwoQueueHost.OpenAsync();
        var held = await host.HoldAsync();
        Assert.DoesNotContain(held, host.Sent);
        host.Open();
        await host.SeeAllDoneAsync();
        Assert.Contains(held, host.Sent);
    }

    [Fact]
    public async Task One_that_takes_long_goes_through_the_broker_as_well_and_is_dealt_with_once()
    {
        await using var host = await TwoQueueHost.OpenAsync();
        var held = await host.HoldAsync();
        await Eventually.SeeAsync(() => Task.FromResult(host.Sent), sent => sent.Contains(held), "a sender that waits no longer");
        Assert.Equal(1, host.InHand);
        host.Open();
        await host.SeeAllDoneAsync();
        await host.StopAsync();
        Assert.Single(host.Done, message => message.Number == held);
        Assert.Equal((0, 0, 0), await host.WaitingAsync());
    }

    [Fact]
    public async Task One_that_is_refused_here_comes_through_the_broker_under_the_same_id()
    {
        await using var host = await TwoQueueHost.OpenAsync();
        await host.HoldAsync();
        host.Open();
        await Eventually.SeeAsync(
            async () =>
            {
                await host.SendAsync("away");
                await host.SeeAllDoneAsync();
                return host.Refused;
            },
            refused => refused.Count > 0,
            "one that was refused here"
        );
        Assert.All(host.Refused, id => Assert.Single(host.Done, message => message.MessageId == id && !message.InProcess));
    }

    [Fact]
    public async Task One_that_cannot_be_dealt_with_is_a_dead_letter_and_no_more()
    {
        await using var host = await TwoQueueHost.OpenAsync();
        await host.HoldAsync();
        host.Open();
        var number = await host.SendAsync("broken");
        await Eventually.SeeAsync(host.WaitingAsync, waiting => waiting.Dead == 1, "a dead message");
        await Eventually.SeeAsync(() => Task.FromResult(host.Sent), sent => sent.Contains(number), "a sender that is done");
        await host.StopAsync();
        Assert.Equal((0, 0, 1), await host.WaitingAsync());
    }

    [Fact]
    public async Task None_comes_that_way_when_it_is_switched_off()
    {
        await using var host = await TwoQueueHost.OpenAsync(inProcess: false);
        for (var message = 0; message < 20; message++)
        {
            await host.SendAsync("plain");
            await host.SeeAllDoneAsync();
        }
        Assert.DoesNotContain(host.Done, message => message.InProcess);
    }

    /// <param name="Text">What is to happen to the message.</param>
    public sealed record Forward(int Number, string Text);

    /// <param name="Number">From 0.</param>
    /// <param name="Text">As of its command.</param>
    public sealed record Forwarded(int Number, string Text);

    /// <summary>A bus in this process on the real broker: each command at the source sends a message to the target.</summary>
    sealed class TwoQueueHost : IAsyncDisposable
    {
        readonly Lock _lock = new();
        readonly List<(int Number, Guid MessageId, bool InProcess)> _done = [];
        readonly List<int> _sent = [];
        readonly List<Guid> _refused = [];
        readonly TestVhost _vhost;
        readonly IHost _host;
        TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool? _heldInProcess;
        int _commands = -1;
        int _inHand;

        TwoQueueHost(TestVhost vhost, bool inProcess)
        {
            _vhost = vhost;
            var builder = Host.CreateApplicationBuilder();
            builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?> { ["RabbitMq:Uri"] = vhost.Uri.ToString(), ["RabbitMq:InProcess"] = inProcess.ToString() }
            );
            builder.AddServiceDefaults("in-process-test");
            builder.Logging.SetMinimumLevel(LogLevel.Critical);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddLoyaltyBus(
                endpoints: (bus, context, _) =>
                {
                    var queues = context.GetRequiredService<InProcessQueues>();
                    bus.ReceiveEndpoint(
                        Target,
                        endpoint =>
                        {
                            endpoint.UseWorkQueue(64, queues);
                            endpoint.Handler<Forwarded>(ConsumeAsync);
                        }
                    );
                    bus.ReceiveEndpoint(
                        Source,
                        endpoint =>
                        {
                            endpoint.UseWorkQueue(64);
                            endpoint.Handler<Forward>(ForwardAsync, handler => handler.UseInProcessAnswers(queues));
                        }
                    );
                }
            );
            _host = builder.Build();
        }

        public int InHand => Volatile.Read(ref _inHand);
        public IReadOnlyList<(int Number, Guid MessageId, bool InProcess)> Done => Copy(_done);

        /// <summary>Commands whose message has been sent, as far as their consumer knows.</summary>
        public IReadOnlyList<int> Sent => Copy(_sent);
        public IReadOnlyList<Guid> Refused => Copy(_refused);

        public static async Task<TwoQueueHost> OpenAsync(bool inProcess = true)
        {
            var host = new TwoQueueHost(await TestVhost.CreateAsync(), inProcess);
            await host._host.StartAsync();
            await host
                ._host.Services.GetRequiredService<IBusControl>()
                .WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
            return host;
        }

        public async Task<int> SendAsync(string text)
        {
            var number = Interlocked.Increment(ref _commands);
            var endpoint = await _host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{Source}"));
            await endpoint.Send(new Forward(number, text));
            return number;
        }

        /// <summary>Sends until a message that came without the broker is held at the target.</summary>
        public async Task<int> HoldAsync()
        {
            for (var started = TimeProvider.System.GetTimestamp(); ; )
            {
                _heldInProcess = null;
                var number = await SendAsync("held");
                await Eventually.SeeAsync(
                    () => Task.FromResult(_heldInProcess),
                    inProcess => inProcess is not null,
                    "a message at the target"
                );
                if (_heldInProcess == true)
                    return number;
                Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "All messages came through the broker");
                Open();
                await SeeAllDoneAsync();
            }
        }

        public void Open() => Interlocked.Exchange(ref _open, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public Task SeeAllDoneAsync() =>
            Eventually.SeeAsync(
                () => Task.FromResult((Done.Count, Sent.Count)),
                seen => seen == (_commands + 1, _commands + 1),
                "all messages"
            );

        /// <summary>Messages ready at the source, at the target and among the dead letters.</summary>
        public async Task<(int Source, int Target, int Dead)> WaitingAsync()
        {
            var depths = await _vhost.DepthsAsync();
            return (depths[Source], depths[Target], depths[WireNames.DeadLetters]);
        }

        async Task ForwardAsync(ConsumeContext<Forward> command)
        {
            var endpoint = await command.GetSendEndpoint(new Uri($"exchange:{Target}"));
            await endpoint.Send(new Forwarded(command.Message.Number, command.Message.Text));
            lock (_lock)
                _sent.Add(command.Message.Number);
        }

        async Task ConsumeAsync(ConsumeContext<Forwarded> message)
        {
            Assert.True(message.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery));
            // The broker counts from 1.
            var inProcess = delivery!.DeliveryTag > long.MaxValue;
            if (message.Message.Text == "broken")
                throw new InvalidOperationException("A message that nobody can read");
            if (message.Message.Text == "away" && inProcess)
            {
                lock (_lock)
                    _refused.Add(message.MessageId!.Value);
                throw new AwayException();
            }
            if (message.Message.Text == "held")
            {
                Interlocked.Increment(ref _inHand);
                var open = _open.Task;
                _heldInProcess = inProcess;
                await open;
                Interlocked.Decrement(ref _inHand);
            }
            lock (_lock)
                _done.Add((message.Message.Number, message.MessageId!.Value, inProcess));
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

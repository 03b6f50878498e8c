using System.Text;
using Loyalty.Messaging.RabbitMq;
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

/// <summary>One loop of the client hands over what comes, and does not wait for what becomes of it.</summary>
public sealed class When_deliveries_are_concurrent
{
    const string Queue = "held";

    [Fact]
    public async Task As_many_are_in_hand_as_the_prefetch_says_and_no_more()
    {
        var gate = new Gate();
        await using var host = await HoldingAsync(gate, messages: 6, prefetch: 4);
        await Eventually.SeeAsync(host.WaitingAsync, waiting => waiting == 2, "two that wait at the broker");
        gate.Open();
        await Eventually.SeeAsync(() => Task.FromResult(gate.Done.Count), done => done == 6, "all six");
        Assert.Equal(4, gate.Most);
    }

    [Fact]
    public async Task Each_keeps_its_own_bytes_while_others_come()
    {
        var gate = new Gate();
        await using var host = await HoldingAsync(gate, messages: 64, prefetch: 64);
        gate.Open();
        await Eventually.SeeAsync(() => Task.FromResult(gate.Done.Count), done => done == 64, "all of them");
        Assert.All(gate.Done, message => Assert.Contains($"\"message {message.Number} ", message.Bytes, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_waits_for_what_is_in_hand()
    {
        var gate = new Gate();
        await using var host = await HoldingAsync(gate, messages: 3, prefetch: 4);
        var stopping = host.StopAsync();
        await gate.Closing;
        // For a moment: a slow machine can only let a stop pass that does not wait.
        await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System));
        Assert.False(stopping.IsCompleted, "It stopped with deliveries in hand");
        gate.Open();
        await stopping;
        Assert.Equal([0, 1, 2], gate.Done.Select(message => message.Number).Order());
        Assert.Equal(0, await host.WaitingAsync());
    }

    /// <summary>Waits until the gate has as many in hand as it may.</summary>
    static async Task<GatedHost> HoldingAsync(Gate gate, int messages, int prefetch)
    {
        var host = await GatedHost.OpenAsync(gate, prefetch);
        await host.SendAsync(messages);
        await Eventually.SeeAsync(
            () => Task.FromResult(gate.InHand),
            inHand => inHand == Math.Min(messages, prefetch),
            $"{Math.Min(messages, prefetch)} deliveries in hand"
        );
        return host;
    }

    /// <param name="Number">From 0.</param>
    /// <param name="Text">Long enough that the client's buffers are those of other messages too.</param>
    public sealed record Numbered(int Number, string Text);

    /// <summary>Where deliveries stay in hand until it opens.</summary>
    sealed class Gate : IReceiveEndpointObserver
    {
        readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly Lock _gate = new();
        readonly List<(int Number, string Bytes)> _done = [];
        int _inHand;

        public int InHand => Volatile.Read(ref _inHand);

        public int Most { get; private set; }

        /// <summary>Its queue is about to be left.</summary>
        public Task Closing => _closing.Task;

        public IReadOnlyList<(int Number, string Bytes)> Done
        {
            get
            {
                lock (_gate)
                    return [.. _done];
            }
        }

        public void Open() => _open.SetResult();

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping)
        {
            _closing.TrySetResult();
            return Task.CompletedTask;
        }

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

        public async Task TakeAsync(ConsumeContext<Numbered> message)
        {
            lock (_gate)
                Most = Math.Max(Most, ++_inHand);
            await _open.Task;
            lock (_gate)
            {
                _inHand--;
                _done.Add((message.Message.Number, Encoding.UTF8.GetString(message.ReceiveContext.Body.GetBytes())));
            }
        }
    }

    /// <summary>A bus in this process, with one queue on the real broker.</summary>
    sealed class GatedHost(TestVhost vhost, IHost host) : IAsyncDisposable
    {
        public static async Task<GatedHost> OpenAsync(Gate gate, int prefetch)
        {
            var vhost = await TestVhost.CreateAsync();
            var builder = Host.CreateApplicationBuilder();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["RabbitMq:Uri"] = vhost.Uri.ToString() });
            builder.AddServiceDefaults("host");
            builder.Logging.SetMinimumLevel(LogLevel.Critical);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddLoyaltyBus(
                endpoints: (bus, _, _) =>
                    bus.ReceiveEndpoint(
                        Queue,
                        endpoint =>
                        {
                            endpoint.UseWorkQueue(prefetch);
                            endpoint.Handler<Numbered>(gate.TakeAsync);
                            endpoint.ConnectReceiveEndpointObserver(gate);
                        }
                    )
            );
            var host = new GatedHost(vhost, builder.Build());
            await host.StartAsync();
            return host;
        }

        async Task StartAsync()
        {
            await host.StartAsync();
            await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
        }

        public async Task SendAsync(int messages)
        {
            var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{Queue}"));
            await Task.WhenAll(
                Enumerable
                    .Range(0, messages)
                    .Select(number => endpoint.Send(new Numbered(number, $"message {number} {new string('x', 900)}")))
            );
        }

        public async Task<int> WaitingAsync() => (await vhost.DepthsAsync())[Queue];

        public Task StopAsync() => host.StopAsync();

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
            await vhost.DisposeAsync();
        }
    }
}

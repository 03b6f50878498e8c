using System.Net;
using System.Net.Sockets;

namespace Loyalty.Messaging.TestKit;

/// <summary>A wire to a server that can be cut: then nothing comes through any more, and nobody is told.</summary>
public sealed class Wire : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _ended = new();
    readonly string _host;
    readonly int _port;
    TaskCompletionSource _whole = Whole();

    public Wire(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>On the loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => Volatile.Write(ref _whole, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Mend() => Volatile.Read(ref _whole).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        _ended.Dispose();
    }

    static TaskCompletionSource Whole()
    {
        var whole = new TaskCompletionSource();
        whole.SetResult();
        return whole;
    }

    async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
    }

    async Task CarryAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await Volatile.Read(ref _whole).Task.WaitAsync(_ended.Token);
                await far.ConnectAsync(_host, _port, _ended.Token);
                await Task.WhenAny(PumpAsync(near.GetStream(), far.GetStream()), PumpAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // Either end has gone.
            }
        }
    }

    async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65_536];
        while (await from.ReadAsync(buffer, _ended.Token) is var read and > 0)
        {
            await Volatile.Read(ref _whole).Task.WaitAsync(_ended.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _ended.Token);
        }
    }
}
